package dev.auditwebhook.store;

import dev.auditwebhook.testing.Turn;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** A file store on a context of its own, for a test's thread. */
final class OpenStore implements AutoCloseable {

  /** Bounds of a store. */
  record Bounds(int queueCapacity, int dlqCapacity, long maxEvents) {}

  private final Vertx vertx;
  private final Context context;
  private final FileStore store;

  private OpenStore(Vertx vertx, Context context, FileStore store) {
    this.vertx = vertx;
    this.context = context;
    this.store = store;
  }

  static OpenStore open(Vertx vertx, Path directory, Bounds bounds) {
    return open(vertx, directory, bounds, Path::toString);
  }

  static OpenStore open(Vertx vertx, Path directory, Bounds bounds, Function<Path, String> name) {
    Context context = vertx.getOrCreateContext();
    FileStore.Options options =
        new FileStore.Options(
            directory.toString(),
            1,
            bounds.maxEvents(),
            bounds.queueCapacity(),
            bounds.dlqCapacity());
    Future<Store> opening =
        call(context, () -> FileStore.open(vertx, directory.toString(), options, name));
    return new OpenStore(vertx, context, (FileStore) result(opening));
  }

  private static <T> T call(Context context, Callable<T> work) {
    return result(Turn.of(context, work));
  }

  static <T> T result(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no result in time", e);
    }
  }

  /** Does something with the store on its context, in one turn. */
  <T> T ask(Function<FileStore, T> question) {
    return call(context, () -> question.apply(store));
  }

  /** As {@link #ask} for what completes later. */
  <T> T await(Function<FileStore, Future<T>> question) {
    return result(ask(question));
  }

  /** Does what an acceptance does. */
  Future<Boolean> accept() {
    return ask(
        s -> {
          s.count(Total.RECEIVED);
          return s.add(event(s.count(Total.LAST_EVENT_ID)));
        });
  }

  static PendingEvent event(long id) {
    String body = "{\"event_id\":" + id + ",\"action\":\"node.registered\"}";
    return new PendingEvent(
        id, "node.registered", body.getBytes(StandardCharsets.UTF_8), 0, 1_000 + id);
  }

  static DeadLetter letter(long id) {
    return new DeadLetter(event(id).waiting(3, 5), 503, "503 from http://x", null, "2026-01-01");
  }

  void accept(int events) {
    for (int i = 1; i < events; i++) {
      accept();
    }
    result(accept());
  }

  List<Long> take() {
    return await(Store::take).stream().map(PendingEvent::id).toList();
  }

  void delivered(long id) {
    ask(
        s -> {
          s.delivered(event(id));
          return null;
        });
  }

  void bury(long id) {
    ask(
        s -> {
          s.bury(letter(id));
          return null;
        });
  }

  void redrive(long id) {
    ask(
        s -> {
          s.redrive(id);
          return null;
        });
  }

  List<Long> deadLetters() {
    return await(s -> s.deadLetters(0, 1_000, Long.MAX_VALUE)).stream()
        .map(l -> l.event().id())
        .toList();
  }

  long total(Total total) {
    return store.total(total);
  }

  /** Received, less what has an end; 0 when no event is in two places or none. */
  long imbalance() {
    return ask(
        s ->
            s.total(Total.RECEIVED)
                - s.total(Total.DELIVERED)
                - s.total(Total.FAILED)
                - s.total(Total.DROPPED)
                - s.total(Total.DISCARDED)
                - s.pending());
  }

  @Override
  public void close() {
    await(Store::close);
  }
}
