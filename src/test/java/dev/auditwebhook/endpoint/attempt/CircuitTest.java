package dev.auditwebhook.endpoint.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.endpoint.attempt.Circuit.Ticket;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.testing.Turn;
import dev.auditwebhook.wire.format.Verdict;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the circuit makes of outcomes that are reported close together. */
class CircuitTest {

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final SettableClock clock = new SettableClock();
  private final AtomicInteger changes = new AtomicInteger();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** Does something on the context, in one turn. */
  private <T> T turn(Callable<T> work) throws Exception {
    return Turn.of(context, work).await(20, TimeUnit.SECONDS);
  }

  private Circuit circuit(int maxFailures) throws Exception {
    return circuit(new CircuitOptions().setMaxFailures(maxFailures).setResetTimeout(60_000));
  }

  private Circuit circuit(CircuitOptions options) throws Exception {
    return turn(
        () ->
            new Circuit(
                vertx,
                "test",
                options,
                UrlPolicy.vet("http://siem.example/in", true),
                clock::now,
                changes::incrementAndGet));
  }

  @Test
  void aSuccessBesideTheFailureThatOpensItDoesNotHideTheProbes() throws Exception {
    Circuit circuit = circuit(new CircuitOptions().setMaxFailures(2).setResetTimeout(20));
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

  @ParameterizedTest(name = "one has failed since, and {0} more fail")
  @CsvSource({"1, true, closed", "2, true, open", "3, false, open"})
  void aSuccessSaysNothingOfRefusalsThatBeganAfterIt(int events, boolean tolerated, String state)
      throws Exception {
    Circuit circuit = circuit(3);
    turn(
        () -> {
          Ticket early = circuit.admit();
          Ticket slow = circuit.admit();
          circuit.report(circuit.admit(), Verdict.REFUSED, 1);
          circuit.report(early, Verdict.REFUSED, 1);
          circuit.report(slow, Verdict.DELIVERED, 1);
          assertThat(circuit.report(circuit.admit(), Verdict.REFUSED, events)).isEqualTo(tolerated);
          return null;
        });
    assertThat(turn(circuit::state)).isEqualTo(state);
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

  @Test
  void theFailureOfABatchWeighsAsMuchAsItsEvents() throws Exception {
    Circuit circuit = circuit(10);
    turn(
        () -> {
          assertThat(circuit.report(circuit.admit(), Verdict.REFUSED, 9)).isTrue();
          assertThat(circuit.isClosed()).isTrue();
          assertThat(circuit.report(circuit.admit(), Verdict.REFUSED, 2)).isFalse();
          return null;
        });
    assertThat(turn(circuit::state)).isEqualTo("open");
  }

  @Test
  void whatIsUnderWayWhenItOpensIsNotTolerated() throws Exception {
    Circuit circuit = circuit(2);
    turn(
        () -> {
          List<Ticket> flying = List.of(circuit.admit(), circuit.admit(), circuit.admit());
          assertThat(circuit.report(flying.get(0), Verdict.REFUSED, 1)).isTrue();
          assertThat(circuit.report(flying.get(1), Verdict.REFUSED, 1)).isTrue();
          assertThat(circuit.report(flying.get(2), Verdict.REFUSED, 1)).isFalse();
          assertThat(circuit.admits()).isFalse();
          return null;
        });
  }

  @Test
  void whileHalfOpenOneAttemptIsTheProbeAndNoOtherGoes() throws Exception {
    Circuit circuit = circuit(new CircuitOptions().setMaxFailures(1).setResetTimeout(1));
    turn(() -> circuit.report(circuit.admit(), Verdict.RETRY, 1));
    await().until(() -> turn(circuit::isHalfOpen));
    turn(
        () -> {
          Ticket probe = circuit.admit();
          assertThat(circuit.admits()).isFalse();
          assertThat(circuit.report(probe, Verdict.GONE, 1)).isFalse();
          assertThat(circuit.isHalfOpen()).as("410 says nothing of it").isTrue();
          assertThat(circuit.admits()).isTrue();
          assertThat(circuit.report(circuit.admit(), Verdict.RETRY, 1)).isFalse();
          assertThat(circuit.state()).isEqualTo("open");
          return null;
        });
  }

  @Test
  void itTellsSinceWhenItIsAsItIsAndWhenTheNextProbeGoes() throws Exception {
    Circuit circuit = circuit(1);
    Instant made = Instant.ofEpochMilli(clock.now());
    assertThat(turn(circuit::since)).isEqualTo(made);
    assertThat(turn(circuit::nextProbe)).isNull();
    clock.turn(500);

    turn(() -> circuit.report(circuit.admit(), Verdict.RETRY, 1));

    assertThat(turn(circuit::since)).isEqualTo(made.plusMillis(500));
    assertThat(turn(circuit::nextProbe)).isEqualTo(made.plusMillis(60_500));
    assertThat(changes).hasValue(1);
  }
}
