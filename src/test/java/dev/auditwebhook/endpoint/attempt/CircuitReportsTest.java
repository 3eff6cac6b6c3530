package dev.auditwebhook.endpoint.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.delivery.Circuit.Ticket;
import dev.auditwebhook.testing.Turn;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the circuit makes of outcomes that are reported close together. */
class CircuitReportsTest {

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** Does something on the context, in one turn. */
  private <T> T turn(Callable<T> work) throws Exception {
    return Turn.of(context, work).await(20, TimeUnit.SECONDS);
  }

  @Test
  void aSuccessBesideTheFailureThatOpensItDoesNotHideTheProbes() throws Exception {
    Circuit circuit =
        turn(
            () ->
                new Circuit(
                    vertx,
                    new WebhookOptions()
                        .setCircuitBreaker(
                            new CircuitOptions().setMaxFailures(2).setResetTimeout(20)),
                    () -> {}));
    turn(
        () -> {
          Ticket first = circuit.admit();
          Ticket second = circuit.admit();
          Ticket third = circuit.admit();
          circuit.report(first, Verdict.RETRY, 1);
          circuit.report(second, Verdict.RETRY, 1);
          circuit.report(third, Verdict.DELIVERED, 1);
          return null;
        });
    await().until(() -> turn(circuit::isHalfOpen));

    turn(
        () -> {
          Ticket probe = circuit.admit();
          assertThat(probe.probe()).isTrue();
          circuit.report(probe, Verdict.DELIVERED, 1);
          return null;
        });

    await().until(() -> turn(() -> circuit.isClosed() && circuit.admits()));
  }

  private Circuit circuit(int maxFailures) throws Exception {
    WebhookOptions options =
        new WebhookOptions().setCircuitBreaker(new CircuitOptions().setMaxFailures(maxFailures));
    return turn(() -> new Circuit(vertx, options, () -> {}));
  }

  @Test
  void aSuccessEndsARow() throws Exception {
    Circuit circuit = circuit(10);
    turn(
        () -> {
          for (int i = 0; i < 9; i++) {
            circuit.report(circuit.admit(), Verdict.RETRY, 1);
          }
          circuit.report(circuit.admit(), Verdict.DELIVERED, 1);
          for (int i = 0; i < 9; i++) {
            circuit.report(circuit.admit(), Verdict.RETRY, 1);
          }
          return null;
        });
    assertThat(turn(circuit::isClosed)).isTrue();

    turn(
        () -> {
          circuit.report(circuit.admit(), Verdict.RETRY, 1);
          return null;
        });
    assertThat(turn(circuit::state)).isEqualTo("open");
  }

  @Test
  void aSuccessSaysNothingOfRefusalsThatBeganAfterIt() throws Exception {
    Circuit circuit = circuit(3);
    turn(
        () -> {
          Ticket early = circuit.admit();
          Ticket slow = circuit.admit();
          circuit.report(circuit.admit(), Verdict.REFUSED, 1);
          circuit.report(early, Verdict.REFUSED, 1);
          circuit.report(slow, Verdict.DELIVERED, 1);
          Ticket next = circuit.admit();
          assertThat(circuit.tolerates(next, Verdict.REFUSED, 2))
              .as("one has failed since")
              .isTrue();
          assertThat(circuit.tolerates(next, Verdict.REFUSED, 3)).isFalse();
          circuit.report(next, Verdict.REFUSED, 2);
          return null;
        });
    assertThat(turn(circuit::state)).isEqualTo("open");
  }

  @Test
  void slowSuccessesEndARowOfFastFailuresThatAreNoRefusals() throws Exception {
    Circuit circuit = circuit(2);
    turn(
        () -> {
          for (int i = 0; i < 10; i++) {
            Ticket slow = circuit.admit();
            circuit.report(circuit.admit(), Verdict.RETRY, 1);
            circuit.report(slow, Verdict.DELIVERED, 1);
          }
          return null;
        });
    assertThat(turn(circuit::state)).isEqualTo("closed");
  }

  @Test
  void timeoutsOfAttemptsThatBeganBeforeASuccessCountNoMore() throws Exception {
    Circuit circuit = circuit(2);
    turn(
        () -> {
          List<Ticket> old = List.of(circuit.admit(), circuit.admit(), circuit.admit());
          circuit.report(circuit.admit(), Verdict.DELIVERED, 1);
          old.forEach(ticket -> circuit.report(ticket, Verdict.RETRY, 1));
          return null;
        });
    assertThat(turn(circuit::state)).isEqualTo("closed");
  }
}
