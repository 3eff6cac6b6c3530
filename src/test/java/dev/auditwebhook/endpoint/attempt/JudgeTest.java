package dev.auditwebhook.endpoint.attempt;

import static dev.auditwebhook.testing.SpokenFormat.answer;
import static dev.auditwebhook.testing.SpokenFormat.finding;
import static dev.auditwebhook.wire.format.Verdict.DELIVERED;
import static dev.auditwebhook.wire.format.Verdict.HELD_UP;
import static dev.auditwebhook.wire.format.Verdict.REJECTED;
import static dev.auditwebhook.wire.format.Verdict.RETRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.testing.Events;
import dev.auditwebhook.testing.Formats;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.testing.SpokenFormat;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.format.Event;
import dev.auditwebhook.wire.format.Finding;
import dev.auditwebhook.wire.format.Format;
import dev.auditwebhook.wire.format.Verdict;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows from an answer that speaks of single events, and from one that does not. */
class JudgeTest {

  private static final Vertx VERTX = Vertx.vertx();
  private static final int MAX_ATTEMPTS = 3;
  private static final int MAX_FAILURES = 5;

  private final Circuit circuit =
      new Circuit(
          VERTX,
          "test",
          new CircuitOptions().setMaxFailures(MAX_FAILURES).setResetTimeout(1),
          UrlPolicy.vet("http://siem.example/in", true),
          new SettableClock()::now,
          () -> {});
  private int parts;
  private final Judge judge = judge(new SpokenFormat());

  @AfterAll
  static void close() {
    VERTX.close().await();
  }

  private Judge judge(Format format) {
    return new Judge(format, MAX_ATTEMPTS, () -> "msg_part_" + ++parts);
  }

  /** One for so many events, which have used up some attempts. */
  private Attempt attempt(int events, int used) {
    List<Pending> members =
        IntStream.rangeClosed(1, events)
            .mapToObj(id -> Pending.of(new Straggler(Events.event(id), used, 100)))
            .toList();
    return Attempt.of(new Batch(members, "msg_batch", used, used, 100), circuit);
  }

  private List<Decision> rule(Attempt attempt, Verdict... each) {
    return judge.rule(attempt, answer(each), true);
  }

  private static List<Long> ids(Decision decision) {
    return decision.attempt().batch().events().stream().map(Pending::id).toList();
  }

  private void fail(int events) {
    circuit.report(circuit.admit(), RETRY, events);
  }

  @ParameterizedTest
  @CsvSource({
    "204, DELIVERED, DELIVERED",
    "503, RETRY, RETRY",
    "401, REFUSED, DEAD_LETTER",
    "410, GONE, PAUSE",
    "418, REJECTED, DEAD_LETTER",
    "422, ONE_REJECTED, DEAD_LETTER"
  })
  void whereTheFormatSaysNothingTheStatusHasItsUsualMeaning(
      int status, Verdict verdict, Ruling ruling) {
    for (Format format : List.of(Formats.single(), new SpokenFormat())) {
      Answer answer = new Answer(status, null, false, 0, "", 1, false);
      List<Decision> decisions = judge(format).rule(attempt(1, 0), answer, true);
      assertThat(decisions).hasSize(1);
      Finding finding = decisions.get(0).finding();
      assertThat(finding.verdict()).isEqualTo(verdict);
      assertThat(finding.problem()).isEqualTo(status == 204 ? null : String.valueOf(status));
      assertThat(finding.said()).isNull();
      assertThat(decisions.get(0).ruling()).isEqualTo(ruling);
    }
  }

  @Test
  void whatDidNotArriveAsAWholeSaysNothingOfAnyEvent() {
    byte[] body = answer(DELIVERED).body();
    Answer cut = new Answer(200, "timeout after 5 ms", false, 0, "", 1, false, body, List.of());
    List<Decision> decisions = judge.rule(attempt(2, 0), cut, true);
    assertThat(decisions)
        .extracting(Decision::finding)
        .containsExactly(new Finding(RETRY, "timeout after 5 ms", null));
  }

  @Test
  void whereTheAddressIsForbiddenTheEndpointIsWrong() {
    Answer forbidden = new Answer(0, "forbidden address 169.254.0.1", true, 0, null, 1, false);
    List<Decision> decisions = judge.rule(attempt(2, 0), forbidden, true);
    assertThat(decisions)
        .extracting(Decision::finding)
        .containsExactly(new Finding(Verdict.REFUSED, "forbidden address 169.254.0.1", null));
  }

  @Test
  void whatIsSaidOfAllEventsIsOneDecisionOfTheAttemptAsItIs() {
    Attempt attempt = attempt(3, 1);
    assertThat(rule(attempt, RETRY))
        .containsExactly(new Decision(attempt, Ruling.RETRY, finding(RETRY)));
    assertThat(parts).isZero();
  }

  @Test
  void theSameSaidOfEachIsOneDecisionOfTheAttemptAsItIs() {
    Attempt attempt = attempt(3, 0);
    List<Decision> decisions = rule(attempt, DELIVERED, DELIVERED, DELIVERED);
    assertThat(decisions)
        .containsExactly(new Decision(attempt, Ruling.DELIVERED, Finding.DELIVERED));
    assertThat(rule(attempt, RETRY, RETRY, RETRY)).hasSize(1);
    assertThat(parts).as("they do not part").isZero();
  }

  @Test
  void eventsThatFareDifferentlyPartEachPartWithAnIdOfItsOwn() {
    List<Decision> decisions =
        rule(attempt(6, 0), DELIVERED, RETRY, REJECTED, DELIVERED, RETRY, HELD_UP);

    assertThat(decisions)
        .extracting(Decision::ruling)
        .containsExactly(Ruling.DELIVERED, Ruling.RETRY, Ruling.DEAD_LETTER, Ruling.PARK);
    assertThat(decisions)
        .extracting(JudgeTest::ids)
        .containsExactly(List.of(1L, 4L), List.of(2L, 5L), List.of(3L), List.of(6L));
    assertThat(decisions)
        .extracting(each -> each.attempt().batch().messageId())
        .doesNotContain("msg_batch")
        .doesNotHaveDuplicates();
    assertThat(decisions).allMatch(each -> each.attempt().circuit() == circuit);
  }

  @Test
  void aPartHasTheAttemptsThatAreLeftAndWasNeverTriedAsItIs() {
    List<Decision> decisions = rule(attempt(3, 1), DELIVERED, RETRY, RETRY);
    Batch again = decisions.get(1).attempt().batch();
    assertThat(again.attempts()).isEqualTo(1);
    assertThat(again.tries()).isZero();
    assertThat(again.since()).isEqualTo(100);
    assertThat(decisions.get(1).ruling()).isEqualTo(Ruling.RETRY);
  }

  @Test
  void aSingleEventThatFailsForTheLastTimeIsADeadLetterWhateverBecomesOfItsNeighbours() {
    List<Decision> decisions = rule(attempt(3, MAX_ATTEMPTS - 1), DELIVERED, RETRY, DELIVERED);
    assertThat(decisions)
        .extracting(Decision::ruling)
        .containsExactly(Ruling.DELIVERED, Ruling.DEAD_LETTER);
  }

  /** Says something else of each event. */
  private static final class Chatty implements Format {

    private final Verdict verdict;

    Chatty(Verdict verdict) {
      this.verdict = verdict;
    }

    @Override
    public String contentType() {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte[] body(List<Event> events, LongFunction<String> messageIds) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int sizeOf(Event event) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Finding> read(int status, byte[] body, int events) {
      return IntStream.range(0, events)
          .mapToObj(i -> new Finding(verdict, "429 in a 200", "shard " + i))
          .toList();
    }
  }

  @Test
  void whatGoesAgainGoesTogetherWhateverWasSaidOfEach() {
    Attempt attempt = attempt(3, 0);
    List<Decision> decisions = judge(new Chatty(RETRY)).rule(attempt, answer(), true);
    assertThat(decisions).extracting(Decision::attempt).containsExactly(attempt);
  }

  @Test
  void ofEachDeadLetterItIsKnownWhatWasSaid() {
    List<Decision> decisions = judge(new Chatty(REJECTED)).rule(attempt(3, 0), answer(), true);
    assertThat(decisions)
        .extracting(each -> each.finding().said())
        .containsExactly("shard 0", "shard 1", "shard 2");
    assertThat(decisions).extracting(Decision::ruling).containsOnly(Ruling.DEAD_LETTER);
  }

  @Test
  void whereAnEventWasTakenOrRefusedByItselfTheReceiverIsWell() {
    for (Verdict one : List.of(DELIVERED, REJECTED)) {
      fail(MAX_FAILURES - 1);
      assertThat(circuit.isClosed()).isTrue();
      rule(attempt(3, 0), RETRY, one, RETRY); // It ends the row of failures.
    }
    fail(MAX_FAILURES - 1);
    assertThat(circuit.isClosed()).isTrue();
  }

  @Test
  void whereNoEventWasTakenAllOfThemWeigh() {
    rule(attempt(MAX_FAILURES - 1, 0), RETRY, RETRY, RETRY, RETRY);
    assertThat(circuit.isClosed()).isTrue();
    rule(attempt(1, 0), RETRY);
    assertThat(circuit.isClosed()).isFalse();
  }

  @Test
  void eventsThatAreOnlyHeldUpDoNotSayThatTheReceiverIsWell() {
    fail(MAX_FAILURES - 2);
    List<Decision> decisions = rule(attempt(2, 0), RETRY, HELD_UP);
    assertThat(circuit.isClosed()).isFalse();
    assertThat(decisions).extracting(Decision::ruling).containsExactly(Ruling.RETRY, Ruling.PARK);
  }

  @Test
  void anAnswerIsReportedOnceHoweverManyEventsPart() {
    rule(attempt(4, 0), RETRY, HELD_UP, RETRY, HELD_UP);
    assertThat(circuit.isClosed()).as("4 of 5 failures").isTrue();
    fail(1);
    assertThat(circuit.isClosed()).isFalse();
  }

  private void awaitHalfOpen() {
    fail(MAX_FAILURES);
    await().until(circuit::isHalfOpen);
  }

  @Test
  void aProbeOfWhichSomeIsTakenClosesTheCircuit() {
    awaitHalfOpen();
    List<Decision> decisions = rule(attempt(3, 0), RETRY, DELIVERED, REJECTED);
    assertThat(circuit.isClosed()).isTrue();
    assertThat(decisions)
        .extracting(Decision::ruling)
        .containsExactly(Ruling.RETRY, Ruling.DELIVERED, Ruling.DEAD_LETTER);
  }

  @Test
  void aProbeOfWhichNoneIsTakenCostsNoneAnAttempt() {
    awaitHalfOpen();
    List<Decision> decisions = rule(attempt(2, 0), RETRY, HELD_UP);
    assertThat(circuit.isClosed()).isFalse();
    assertThat(decisions).extracting(Decision::ruling).containsOnly(Ruling.PARK);
  }

  @Test
  void anAttemptFromBeforeTheOpeningCostsNothingAndMovesNothing() {
    Attempt old = attempt(4, MAX_ATTEMPTS - 2);
    awaitHalfOpen();
    List<Decision> decisions = rule(old, DELIVERED, RETRY, REJECTED, HELD_UP);
    assertThat(circuit.isHalfOpen()).isTrue();
    assertThat(decisions)
        .extracting(Decision::ruling)
        .containsExactly(Ruling.DELIVERED, Ruling.PARK, Ruling.DEAD_LETTER, Ruling.PARK);
  }

  @Test
  void atAFormerUrlOnlyWhatIsOverIsOver() {
    Attempt former = attempt(4, MAX_ATTEMPTS - 1);
    List<Decision> decisions =
        judge.rule(former, answer(DELIVERED, RETRY, REJECTED, HELD_UP), false);
    assertThat(decisions)
        .extracting(Decision::ruling)
        .containsExactly(Ruling.DELIVERED, Ruling.PARK, Ruling.DEAD_LETTER, Ruling.PARK);
  }
}
