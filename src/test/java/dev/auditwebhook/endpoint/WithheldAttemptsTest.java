package dev.auditwebhook.endpoint;

import static dev.auditwebhook.endpoint.ScriptedStore.ENDPOINT;
import static dev.auditwebhook.wire.Answer.WITHHELD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.attempt.AttemptReport;
import dev.auditwebhook.endpoint.ledger.Total;
import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

/** An attempt that began while the node had the endpoint, and of which nothing was sent in time. */
class WithheldAttemptsTest extends DispatcherScenario {

  /** All attempts that are under way end so, as another node may have the endpoint by now. */
  private void withhold() {
    engine.disown(ENDPOINT, true);
    sender.sent().forEach(each -> each.answer().tryComplete(WITHHELD));
    clock.turn();
  }

  private void own() {
    engine.disown(ENDPOINT, false);
    dispatcher.pump();
    clock.turn();
  }

  @Test
  void itIsAsIfItHadNotBegun() {
    options.setMaxAttempts(1);
    start();
    arrive(1);
    withhold();
    clock.turn(A_DAY);
    assertThat(sender.sent()).hasSize(1);
    assertThat(dispatcher.inFlight()).isZero();
    assertThat(ledger.pending()).isEqualTo(1);
    assertThat(reports).isEmpty();
    assertThat(total(Total.RETRIED)).isZero();
    assertThat(clock.timers()).isZero();

    sender.usually(204);
    own();

    assertThat(sender.last().eventIds()).containsExactly(1L);
    assertThat(sender.last().attempt()).as("of the same address").isZero();
    assertThat(sender.last().messageId()).isEqualTo(sender.sent(0).messageId());
    assertThat(total(Total.DELIVERED)).isEqualTo(1);
    assertThat(reports).extracting(AttemptReport::attempt).containsExactly(1);
    assertBalanced();
  }

  @Test
  void itGoesBeforeWhatCameLater() {
    options.setMaxInFlight(2);
    start();
    arrive(4);
    clock.turn(5_000);
    withhold();
    sender.usually(204);
    own();
    assertThat(sender.eventIds()).containsExactly(1L, 2L, 1L, 2L, 3L, 4L);
    assertBalanced();
  }

  @Test
  void whereTheOrderIsStrictNothingGoesBeforeIt() {
    options.setMaxInFlight(1);
    start();
    arrive(3);
    withhold();
    sender.usually(204);
    own();
    assertThat(sender.eventIds()).containsExactly(1L, 1L, 2L, 3L);
  }

  @Test
  void aBatchGoesAgainAsItWas() {
    batches(3, 0);
    start();
    dispatcher.queue(store.arrive(3, clock.now()));
    withhold();
    sender.usually(204);
    own();
    assertThat(sender.sent()).hasSize(2);
    assertThat(sender.last().eventIds()).containsExactly(1L, 2L, 3L);
    assertThat(sender.last().messageId()).isEqualTo(sender.sent(0).messageId());
  }

  @Test
  void manyOfThemDoNotOpenTheCircuit() {
    maxFailures(1, A_DAY);
    options.setMaxInFlight(10);
    start();
    arrive(10);
    withhold();
    assertThat(dispatcher.circuit().isClosed()).isTrue();
    assertThat(ledger.letters()).isEmpty();
  }

  @Test
  void aProbeProvesNothingAndAnotherOneIsMade() {
    maxFailures(1, 1);
    start();
    arrive(2);
    sender.sent(0).answer(503);
    sender.sent(1).answer(503);
    awaitProbe();
    assertThat(sender.sent()).hasSize(3);
    withhold();
    assertThat(dispatcher.circuit().isHalfOpen()).isTrue();

    own();

    assertThat(sender.sent()).as("one probe, again").hasSize(4);
    assertThat(dispatcher.circuit().isHalfOpen()).isTrue();
    assertThat(sender.last().eventIds()).isEqualTo(sender.sent(2).eventIds());
    sender.usually(204);
    sender.last().answer(204);
    clock.turn(1_000);
    assertThat(dispatcher.circuit().isClosed()).isTrue();
    assertThat(total(Total.DELIVERED)).isEqualTo(2);
    assertBalanced();
  }

  @Test
  void atAnotherUrlItBeginsAfresh() {
    start();
    arrive(1);
    sender.last().answer(503);
    clock.turn(1_000);
    newUrl();
    sender.usually(204);
    withhold();
    own();
    assertThat(sender.last().destination().url()).isEqualTo(OTHER_URL);
    assertThat(reports).extracting(AttemptReport::attempt).containsExactly(1, 1);
    assertBalanced();
  }

  @Test
  void aDrainDoesNotWaitForIt() {
    start();
    arrive(1);
    Future<Void> drained = drain(A_DAY);
    assertThat(drained.isComplete()).isFalse();
    withhold();
    assertThat(drained.isComplete()).isTrue();
    assertThat(ledger.pending()).isEqualTo(1);
  }
}
