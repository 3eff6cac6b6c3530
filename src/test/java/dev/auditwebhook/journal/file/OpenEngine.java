package dev.auditwebhook.journal.file;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.Engine.Opened;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.testing.Turn;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** A file engine on a context of its own, for a test's thread. */
final class OpenEngine implements AutoCloseable {

  private final SettableClock clock = new SettableClock();
  private final Context context;
  private final FileEngine engine;
  private final Opened opened;

  OpenEngine(Vertx vertx, Path directory, Function<Path, String> name) {
    context = vertx.getOrCreateContext();
    StoreOptions options =
        new StoreOptions().setType(StoreOptions.FILE).setPath(directory.toString());
    engine = ask(() -> new FileEngine(vertx, clock, directory.toString(), options, name));
    opened = await(engine::open);
  }

  static <T> T result(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no result in time", e);
    }
  }

  /** Something that is done on the context. */
  interface Ask<T> {
    T now();
  }

  <T> T ask(Ask<T> question) {
    return result(Turn.of(context, question::now));
  }

  private <T> T await(Ask<Future<T>> question) {
    return result(ask(question));
  }

  FileEngine engine() {
    return engine;
  }

  Opened opened() {
    return opened;
  }

  State state() {
    return state(Kept.ENDPOINT);
  }

  State state(String endpoint) {
    return opened.endpoints().get(endpoint);
  }

  Appended append(List<EncodedEntry> entries, Step... steps) {
    return await(() -> engine.append(Kept.addition(entries, steps)));
  }

  /** As {@link #append}, and does not wait for it. */
  Future<Appended> appending(List<EncodedEntry> entries, Step... steps) {
    return ask(() -> engine.append(Kept.addition(entries, steps)));
  }

  Appended append(Addition addition) {
    return await(() -> engine.append(addition));
  }

  void forget(String endpoint, JsonObject settings) {
    await(() -> engine.forget(endpoint, settings));
  }

  Found<Event> read(long after, int limit) {
    return read(Kept.NUMBER, after, limit);
  }

  Found<Event> read(int number, long after, int limit) {
    return await(() -> engine.read(number, after, limit));
  }

  Found<Straggler> stragglers(Collection<Long> ids) {
    return stragglers(Kept.ENDPOINT, ids);
  }

  Found<Straggler> stragglers(String endpoint, Collection<Long> ids) {
    return await(() -> engine.stragglers(endpoint, ids));
  }

  List<DeadLetter> deadLetters(List<Long> ids) {
    return deadLetters(ids, Map.of(), Long.MAX_VALUE);
  }

  List<DeadLetter> deadLetters(List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes) {
    return await(() -> engine.deadLetters(Kept.ENDPOINT, ids, unkept, maxBytes));
  }

  List<DeadLetter> deadLetters(String endpoint, List<Long> ids) {
    return await(() -> engine.deadLetters(endpoint, ids, Map.of(), Long.MAX_VALUE));
  }

  /** Lets time go by. */
  void turn(long millis) {
    ask(
        () -> {
          clock.turn(millis);
          return null;
        });
  }

  @Override
  public void close() {
    await(engine::close);
  }
}
