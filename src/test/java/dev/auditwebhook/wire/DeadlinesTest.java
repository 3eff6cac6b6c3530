package dev.auditwebhook.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.Formats;
import dev.auditwebhook.testing.Turn;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One timer for all deadlines, whatever their number. */
class DeadlinesTest {

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private <T> T onContext(Callable<T> work) {
    try {
      return Turn.of(context, work).await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static Exchange exchange(Deadlines deadlines, String messageId) {
    return new Exchange(deadlines, Formats.single(), messageId, new byte[0], true);
  }

  @Test
  void everyExchangeEndsAtItsOwnDeadline() {
    long start = System.nanoTime();
    List<Future<Answer>> answers =
        onContext(
            () -> {
              Deadlines deadlines = new Deadlines(vertx, 50);
              List<Future<Answer>> started = new ArrayList<>();
              started.add(exchange(deadlines, "msg_1").answer());
              vertx.setTimer(30, id -> started.add(exchange(deadlines, "msg_2").answer()));
              return started;
            });
    await().until(() -> onContext(() -> answers.size() == 2 && answers.get(1).isComplete()));
    assertThat((System.nanoTime() - start) / 1_000_000).isGreaterThanOrEqualTo(79);
    assertThat(answers)
        .allSatisfy(
            answer -> {
              assertThat(answer.result().error()).isEqualTo("timeout after 50 ms");
              assertThat(answer.result().latency()).isGreaterThanOrEqualTo(49);
            });
  }

  @Test
  void whatGoesWrongAtTheEndOfOneExchangeKeepsNoOther() {
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    context.exceptionHandler(thrown::add);
    List<Future<Answer>> answers =
        onContext(
            () -> {
              Deadlines deadlines = new Deadlines(vertx, 20);
              List<Future<Answer>> started = new ArrayList<>();
              for (int i = 0; i < 3; i++) {
                started.add(exchange(deadlines, "msg_" + i).answer());
              }
              started
                  .get(0)
                  .onComplete(
                      answer -> {
                        throw new IllegalStateException("thrown by a test");
                      });
              return started;
            });

    await().until(() -> onContext(() -> answers.stream().allMatch(Future::isComplete)));
    assertThat(thrown).hasSize(1);
  }
}
