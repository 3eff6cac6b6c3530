package dev.auditwebhook.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlicesTest {

  private final Vertx vertx = Vertx.vertx();
  private final Vertx elsewhere = Vertx.vertx();
  private final ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
  private final EventLoop loop = context.nettyEventLoop();
  private final Slices slices = new Slices(loop);

  @AfterEach
  void close() {
    Future.join(vertx.close(), elsewhere.close()).await();
  }

  @Test
  void allTasksRunInOrderOnTheLoopWhateverOneOfThemThrows() {
    List<Integer> ran = new CopyOnWriteArrayList<>();
    int tasks = 3 * Slices.MAX_TASKS;
    List<Integer> wanted = IntStream.range(0, tasks).boxed().toList();
    List<Integer> seen = new ArrayList<>();

    for (int i = 0; i < tasks; i++) {
      int number = i;
      slices.execute(
          () -> {
            if (loop.inEventLoop() && slices.inThread()) {
              seen.add(number);
            }
            if (number == 7) {
              throw new IllegalStateException("thrown by a task");
            }
            if (number == tasks - 1) {
              ran.addAll(seen);
            }
          });
    }

    await().until(() -> !ran.isEmpty());
    assertThat(ran).isEqualTo(wanted);
  }

  /** Netty alone gives the sockets a turn once a second here. */
  @Test
  void socketsAreServedDuringAFloodThatNeverEnds() throws Exception {
    AtomicBoolean flooding = new AtomicBoolean(true);
    Future<HttpServer> listening =
        Future.future(
            promise ->
                context.runOnContext(
                    v ->
                        vertx
                            .createHttpServer()
                            .requestHandler(request -> request.response().end())
                            .listen(0, "127.0.0.1")
                            .onComplete(promise)));
    int port = listening.await(10, TimeUnit.SECONDS).actualPort();
    HttpClient client = elsewhere.createHttpClient();
    for (int i = 0; i < 100; i++) {
      new Object() {
        void again() {
          if (flooding.get()) {
            slices.execute(this::again);
          }
        }
      }.again();
    }

    try {
      Future<Integer> served = Future.succeededFuture();
      for (int i = 0; i < 50; i++) {
        served = served.compose(v -> get(client, port));
      }
      assertThat(served.await(20, TimeUnit.SECONDS)).isEqualTo(200);
    } finally {
      flooding.set(false);
    }
  }

  private static Future<Integer> get(HttpClient client, int port) {
    return client
        .request(HttpMethod.GET, port, "127.0.0.1", "/")
        .compose(request -> request.send())
        .compose(response -> response.end().map(v -> response))
        .map(HttpClientResponse::statusCode);
  }
}
