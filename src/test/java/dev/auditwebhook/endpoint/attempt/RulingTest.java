package dev.auditwebhook.endpoint.attempt;

import static dev.auditwebhook.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.endpoint.attempt.Circuit.Ticket;
import dev.auditwebhook.endpoint.attempt.Ruling.Circumstances;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.testing.SpokenFormat;
import dev.auditwebhook.wire.format.Verdict;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RulingTest {

  private static final Vertx VERTX = Vertx.vertx();
  private static final int MAX_ATTEMPTS = 3;

  @AfterAll
  static void close() {
    VERTX.close().await();
  }

  /** All that a ruling depends on. */
  record Case(
      Verdict verdict,
      boolean current,
      boolean tolerated,
      int events,
      int attempts,
      int tries,
      int maxAttempts) {

    boolean is(Verdict... verdicts) {
      return List.of(verdicts).contains(verdict);
    }

    boolean speaksOfTheEndpoint() {
      return is(Verdict.RETRY, Verdict.REFUSED);
    }

    boolean lastAttempt() {
      return attempts >= maxAttempts - 1;
    }

    boolean lastTryTogether() {
      return events > 1 && (lastAttempt() || tries >= maxAttempts - 1);
    }

    Ruling ruling() {
      Attempt attempt = new Attempt(batch(events, attempts, tries), null, null);
      return Ruling.of(attempt, verdict, new Circumstances(current, tolerated, maxAttempts));
    }
  }

  private static Batch batch(int events, int attempts, int tries) {
    List<Pending> members =
        LongStream.rangeClosed(1, events).mapToObj(id -> Pending.untried(event(id))).toList();
    return new Batch(members, "msg_1", attempts, tries, 0);
  }

  /** When each of them is right. */
  private static final Map<Ruling, Predicate<Case>> SPECIFICATION = new EnumMap<>(Ruling.class);

  static {
    SPECIFICATION.put(Ruling.DELIVERED, c -> c.is(Verdict.DELIVERED));
    SPECIFICATION.put(Ruling.PAUSE, c -> c.is(Verdict.GONE) && c.current());
    SPECIFICATION.put(Ruling.SPLIT, c -> c.is(Verdict.ONE_REJECTED) && c.events() > 1);
    SPECIFICATION.put(
        Ruling.DEAD_LETTER,
        c ->
            c.is(Verdict.REJECTED)
                || c.is(Verdict.ONE_REJECTED) && c.events() == 1
                || c.is(Verdict.REFUSED) && c.current() && c.tolerated()
                || c.is(Verdict.RETRY)
                    && c.current()
                    && c.tolerated()
                    && c.events() == 1
                    && c.lastAttempt());
    SPECIFICATION.put(
        Ruling.SPLIT_LATER,
        c ->
            c.current()
                && c.lastTryTogether()
                && (c.is(Verdict.RETRY) || c.is(Verdict.REFUSED) && !c.tolerated()));
    SPECIFICATION.put(
        Ruling.RETRY,
        c ->
            c.is(Verdict.RETRY)
                && c.current()
                && c.tolerated()
                && !c.lastAttempt()
                && !c.lastTryTogether());
    SPECIFICATION.put(
        Ruling.PARK,
        c ->
            c.is(Verdict.HELD_UP)
                || !c.current() && (c.speaksOfTheEndpoint() || c.is(Verdict.GONE))
                || c.current()
                    && c.speaksOfTheEndpoint()
                    && !c.tolerated()
                    && !c.lastTryTogether());
  }

  private static Ruling expected(Case each) {
    List<Ruling> right =
        SPECIFICATION.entrySet().stream()
            .filter(rule -> rule.getValue().test(each))
            .map(Map.Entry::getKey)
            .toList();
    assertThat(right).as("one ruling of %s", each).hasSize(1);
    return right.get(0);
  }

  @ParameterizedTest
  @EnumSource(Verdict.class)
  void eachCaseHasTheOneRulingThatIsRight(Verdict verdict) {
    for (Case each : casesOf(verdict)) {
      assertThat(each.ruling()).as("%s", each).isEqualTo(expected(each));
    }
  }

  private static List<Case> casesOf(Verdict verdict) {
    List<Case> cases = new ArrayList<>();
    for (boolean current : new boolean[] {true, false}) {
      for (boolean tolerated : new boolean[] {true, false}) {
        for (int events = 1; events <= 3; events++) {
          for (int maxAttempts = 1; maxAttempts <= 4; maxAttempts++) {
            for (int attempts = 0; attempts <= maxAttempts; attempts++) {
              for (int tries = 0; tries <= maxAttempts + 1; tries++) {
                cases.add(
                    new Case(verdict, current, tolerated, events, attempts, tries, maxAttempts));
              }
            }
          }
        }
      }
    }
    return cases;
  }

  @ParameterizedTest(name = "{0}, current {1}, tolerated {2}, last {3}, several {4}: {5}")
  @CsvSource({
    "DELIVERED, true, false, false, false, DELIVERED",
    "DELIVERED, false, false, true, false, DELIVERED",
    "DELIVERED, true, true, true, true, DELIVERED",
    "RETRY, true, true, false, false, RETRY",
    "RETRY, true, true, false, true, RETRY",
    "RETRY, true, true, true, false, DEAD_LETTER",
    "RETRY, true, false, false, false, PARK",
    "RETRY, true, false, true, false, PARK",
    "RETRY, true, false, false, true, PARK",
    "RETRY, true, true, true, true, SPLIT_LATER",
    "RETRY, true, false, true, true, SPLIT_LATER",
    "RETRY, false, false, true, true, PARK",
    "RETRY, false, true, false, false, PARK",
    "RETRY, false, true, true, false, PARK",
    "REFUSED, true, true, false, false, DEAD_LETTER",
    "REFUSED, true, true, false, true, DEAD_LETTER",
    "REFUSED, true, false, false, false, PARK",
    "REFUSED, true, false, true, false, PARK",
    "REFUSED, true, true, true, true, DEAD_LETTER",
    "REFUSED, true, false, true, true, SPLIT_LATER",
    "REFUSED, false, false, true, true, PARK",
    "REFUSED, false, true, false, false, PARK",
    "REFUSED, false, false, false, false, PARK",
    "REJECTED, true, false, false, false, DEAD_LETTER",
    "REJECTED, true, false, false, true, DEAD_LETTER",
    "ONE_REJECTED, true, false, false, false, DEAD_LETTER",
    "ONE_REJECTED, true, false, false, true, SPLIT",
    "ONE_REJECTED, false, false, true, true, SPLIT",
    "GONE, true, false, true, false, PAUSE",
    "GONE, true, true, false, true, PAUSE",
    "GONE, false, false, false, false, PARK",
    "HELD_UP, true, true, true, false, PARK",
    "HELD_UP, true, false, true, true, PARK",
    "HELD_UP, false, false, false, false, PARK"
  })
  void whatFollowsFromAVerdict(
      Verdict verdict,
      boolean current,
      boolean tolerated,
      boolean last,
      boolean several,
      Ruling ruling) {
    int used = last ? MAX_ATTEMPTS - 1 : 0;
    Case each = new Case(verdict, current, tolerated, several ? 2 : 1, used, used, MAX_ATTEMPTS);
    assertThat(each.ruling()).isEqualTo(ruling);
  }

  /** How the circuit stands when the answer comes. */
  enum Stands {
    CLOSED,
    ALMOST_OPEN,
    OPEN_SINCE_THE_ATTEMPT_BEGAN,
    HALF_OPEN_SINCE_THE_ATTEMPT_BEGAN,
    CLOSED_AGAIN_SINCE_THE_ATTEMPT_BEGAN,
    HALF_OPEN_AND_THIS_IS_THE_PROBE
  }

  private static final int MAX_FAILURES = 5;

  private static Circuit circuit() {
    return new Circuit(
        VERTX,
        "test",
        new CircuitOptions().setMaxFailures(MAX_FAILURES).setResetTimeout(1),
        UrlPolicy.vet("http://siem.example/in", true),
        new SettableClock()::now,
        () -> {});
  }

  private static void awaitHalfOpen(Circuit circuit) {
    circuit.report(circuit.admit(), Verdict.RETRY, MAX_FAILURES);
    await().until(circuit::isHalfOpen);
  }

  private static Attempt attempt(Stands stands, Batch batch) {
    Circuit circuit = circuit();
    Ticket ticket = circuit.admit();
    switch (stands) {
      case CLOSED -> {}
      case ALMOST_OPEN -> circuit.report(circuit.admit(), Verdict.REFUSED, MAX_FAILURES - 1);
      case OPEN_SINCE_THE_ATTEMPT_BEGAN ->
          circuit.report(circuit.admit(), Verdict.RETRY, MAX_FAILURES);
      case HALF_OPEN_SINCE_THE_ATTEMPT_BEGAN -> awaitHalfOpen(circuit);
      case CLOSED_AGAIN_SINCE_THE_ATTEMPT_BEGAN -> {
        awaitHalfOpen(circuit);
        circuit.report(circuit.admit(), Verdict.DELIVERED, 1);
      }
      case HALF_OPEN_AND_THIS_IS_THE_PROBE -> {
        awaitHalfOpen(circuit);
        ticket = circuit.admit();
        assertThat(ticket.probe()).isTrue();
      }
    }
    return new Attempt(batch, circuit, ticket);
  }

  /** One event more than the circuit takes is not tolerated. */
  private static boolean tolerates(Stands stands, int events) {
    return stands == Stands.CLOSED || stands == Stands.ALMOST_OPEN && events == 1;
  }

  @ParameterizedTest
  @EnumSource(Stands.class)
  void theCircuitSaysWhetherAFailureIsTolerated(Stands stands) {
    for (Verdict verdict : Verdict.values()) {
      for (boolean current : new boolean[] {true, false}) {
        for (int events = 1; events <= 2; events++) {
          for (int used = 0; used < MAX_ATTEMPTS; used++) {
            Attempt attempt = attempt(stands, batch(events, used, used));
            Case each =
                new Case(
                    verdict, current, tolerates(stands, events), events, used, used, MAX_ATTEMPTS);
            assertThat(ruling(attempt, verdict, current))
                .as("%s %s", stands, each)
                .isEqualTo(expected(each));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "DELIVERED, closed",
    "REJECTED, closed",
    "ONE_REJECTED, closed",
    "HELD_UP, closed",
    "GONE, half_open",
    "RETRY, open",
    "REFUSED, open"
  })
  void aProbeMovesTheCircuitByItsVerdict(Verdict verdict, String state) {
    Circuit circuit =
        new Circuit(
            VERTX,
            "test",
            new CircuitOptions().setMaxFailures(1).setResetTimeout(1),
            UrlPolicy.vet("http://siem.example/in", true),
            new SettableClock()::now,
            () -> {});
    circuit.report(circuit.admit(), Verdict.RETRY, 1);
    await().until(circuit::isHalfOpen);
    long openings = circuit.admit().opening();

    ruling(new Attempt(batch(1, 0, 0), circuit, new Ticket(9, openings, true)), verdict, true);

    if (state.equals("open")) {
      await().until(circuit::isHalfOpen);
      assertThat(circuit.admit().opening()).as("opened once more").isEqualTo(openings + 1);
    } else {
      assertThat(circuit.state()).isEqualTo(state);
      assertThat(circuit.admits()).as("the next attempt may go").isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Stands.class,
      names = {
        "OPEN_SINCE_THE_ATTEMPT_BEGAN",
        "HALF_OPEN_SINCE_THE_ATTEMPT_BEGAN",
        "CLOSED_AGAIN_SINCE_THE_ATTEMPT_BEGAN"
      })
  void anAnswerToAnAttemptFromBeforeTheOpeningMovesTheCircuitNoMore(Stands stands) {
    for (Verdict verdict : Verdict.values()) {
      Attempt attempt = attempt(stands, batch(1, 0, 0));
      await().until(() -> !attempt.circuit().state().equals("open"));
      String before = attempt.circuit().state();

      for (int i = 0; i <= MAX_FAILURES; i++) {
        ruling(attempt, verdict, true);
      }

      assertThat(attempt.circuit().state()).as("%s", verdict).isEqualTo(before);
      assertThat(attempt.circuit().admits()).isTrue();
    }
  }

  /** Rules as it is done of answers. */
  private static Ruling ruling(Attempt attempt, Verdict verdict, boolean current) {
    Judge judge = new Judge(new SpokenFormat(), MAX_ATTEMPTS, () -> "msg_part");
    List<Decision> decisions = judge.rule(attempt, SpokenFormat.answer(verdict), current);
    assertThat(decisions).hasSize(1);
    return decisions.get(0).ruling();
  }
}
