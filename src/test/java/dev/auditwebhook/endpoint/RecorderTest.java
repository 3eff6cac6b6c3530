package dev.auditwebhook.endpoint;

import static dev.auditwebhook.endpoint.ScriptedSender.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.endpoint.attempt.Attempt;
import dev.auditwebhook.endpoint.attempt.AttemptReport;
import dev.auditwebhook.endpoint.attempt.Batch;
import dev.auditwebhook.endpoint.attempt.Circuit;
import dev.auditwebhook.endpoint.attempt.Decision;
import dev.auditwebhook.endpoint.attempt.Ruling;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Ledger;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.format.Finding;
import dev.auditwebhook.wire.format.Verdict;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecorderTest {

  /** What was measured, in words. */
  private static final class Measured implements Metrics {
    private final List<String> attempts = new ArrayList<>();

    @Override
    public Metrics counter(String name, String description, LongSupplier value) {
      return this;
    }

    @Override
    public Metrics gauge(String name, String description, LongSupplier value, String... tags) {
      return this;
    }

    @Override
    public void attempt(Outcome outcome, long millis, int events) {
      attempts.add(outcome + " " + millis + " ms " + events);
    }

    @Override
    public void close() {}
  }

  private final Vertx vertx = Vertx.vertx();
  private final SettableClock clock = new SettableClock(1_767_225_600_000L);
  private final ScriptedStore store = new ScriptedStore(new ScriptedEngine(), 10);
  private final Ledger ledger = store.ledger();
  private final Measured measured = new Measured();
  private final List<AttemptReport> reports = new ArrayList<>();
  private final Recorder recorder =
      new Recorder("siem", ledger, new Excerpts(List.of()), clock, measured, reports::add);
  private final Circuit circuit =
      new Circuit(
          vertx,
          "test",
          new CircuitOptions(),
          UrlPolicy.vet("http://a.example/in?token=1", true),
          clock::now,
          () -> {});

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** An attempt for so many events, which have used up some. */
  private Attempt attempt(int events, int attempts) {
    List<Pending> members =
        store.arrive(events, 1).stream().map(Pending::untried).peek(ledger::reach).toList();
    Batch batch = new Batch(members, "msg_b", attempts, attempts, 5);
    return new Attempt(batch, circuit, circuit.admit());
  }

  /** Records what is done about an answer that says the same of all events. */
  private Batch record(Ruling ruling, Attempt attempt, Answer answer, boolean current) {
    Finding finding =
        ruling == Ruling.DELIVERED
            ? Finding.DELIVERED
            : new Finding(Verdict.of(answer.status()), answer.problem(), null);
    Decision decision = new Decision(attempt, ruling, finding);
    return recorder.record(decision, attempt.batch(), answer, current);
  }

  private DeadLetter letter(long id) {
    return ledger.unkept(List.of(id)).get(id);
  }

  @Test
  void aDeliveryEndsItsEvents() {
    clock.turn(5);
    assertThat(recorder.lastDelivery()).isNull();
    Batch waits = record(Ruling.DELIVERED, attempt(2, 0), status(204), true);
    assertThat(waits).isNull();
    assertThat(ledger.total(Total.DELIVERED)).isEqualTo(2);
    assertThat(ledger.pending()).isZero();
    assertThat(recorder.lastDelivery()).isEqualTo(Instant.ofEpochMilli(clock.now()));
    assertThat(recorder.lastError()).isNull();
    assertThat(measured.attempts).containsExactly("delivered 1 ms 2");
    assertThat(reports).extracting(each -> each.event().id()).containsExactly(1L, 2L);
    assertThat(reports.get(0).get().encode())
        .isEqualTo(
            "{\"endpoint\":\"siem\",\"event_id\":1,\"action\":\"node.registered\",\"attempt\":1,"
                + "\"outcome\":\"delivered\",\"status\":204,\"latency_ms\":1,\"error\":null}");
  }

  @Test
  void aRetryCostsAnAttempt() {
    clock.turn(5);
    Batch waits = record(Ruling.RETRY, attempt(1, 1), status(503), true);
    assertThat(waits.attempts()).isEqualTo(2);
    assertThat(waits.tries()).isEqualTo(2);
    assertThat(waits.since()).isEqualTo(clock.now());
    assertThat(waits.events().get(0).attempts()).isEqualTo(2);
    assertThat(ledger.total(Total.RETRIED)).isEqualTo(1);
    assertThat(ledger.pending()).isEqualTo(1);
    assertThat(recorder.lastError()).as("no path, no query").isEqualTo("503 from http://a.example");
    assertThat(measured.attempts).containsExactly("retry 1 ms 1");
    assertThat(reports).extracting(AttemptReport::attempt).containsExactly(2);
  }

  @Test
  void whatIsParkedPausedOrSplitCostsNone() {
    for (Ruling ruling : List.of(Ruling.PARK, Ruling.PAUSE, Ruling.SPLIT, Ruling.SPLIT_LATER)) {
      Batch waits = record(ruling, attempt(2, 1), status(410), true);
      assertThat(waits.attempts()).as("%s", ruling).isEqualTo(1);
      assertThat(waits.tries()).isEqualTo(2);
    }
    assertThat(ledger.pending()).isEqualTo(8);
    assertThat(ledger.total(Total.RETRIED)).isEqualTo(8);
  }

  @Test
  void attemptsAtAFormerUrlDoNotCount() {
    Batch waits = record(Ruling.PARK, attempt(1, 2), status(503), false);
    assertThat(waits.attempts()).isZero();
    assertThat(waits.events().get(0).attempts()).isZero();
  }

  /** An answer of a receiver that was shown a token. */
  private static Answer toldHunter2(int status, String excerpt) {
    List<String> shown = List.of("Bearer hunter2hunter2");
    return new Answer(status, null, false, 0, excerpt, 9, false, new byte[0], shown);
  }

  @Test
  void aDeadLetterTellsWhatBecameOfItsEvent() {
    Answer answer = toldHunter2(503, "no entry for hunter2hunter2");
    try (LogLines log = new LogLines()) {
      assertThat(record(Ruling.DEAD_LETTER, attempt(1, 2), answer, true)).isNull();
      assertThat(log.all())
          .containsExactly(
              "WARN Event 1 is a dead letter of siem at attempt 3: 503 from http://a.example");
    }
    DeadLetter letter = letter(1);
    assertThat(letter.event().id()).isEqualTo(1);
    assertThat(letter.attempts()).isEqualTo(3);
    assertThat(letter.status()).isEqualTo(503);
    assertThat(letter.error()).isEqualTo("503 from http://a.example");
    assertThat(letter.response()).startsWith("no entry for ").doesNotContain("hunter2");
    assertThat(letter.failedAt()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(ledger.total(Total.FAILED)).isEqualTo(1);
    assertThat(measured.attempts).containsExactly("failed 9 ms 1");
    assertThat(reports.get(0).get().getString("outcome")).isEqualTo("failed");
  }

  @Test
  void whereNoAnswerCameThereIsNoStatus() {
    Answer none = new Answer(0, "connection refused", false, 0, null, 1, false);
    record(Ruling.DEAD_LETTER, attempt(2, 2), none, true);
    assertThat(letter(2).status()).isNull();
    assertThat(letter(2).response()).isNull();
    assertThat(letter(2).error()).isEqualTo("connection refused from http://a.example");
    assertThat(reports.get(1).get().getValue("status")).isNull();
    assertThat(ledger.letters()).containsExactly(1L, 2L);
  }

  @Test
  void whatWasSentTwiceAtOnceIsCountedAsRetried() {
    Answer resent = new Answer(204, null, false, 0, "", 1, true);
    record(Ruling.DELIVERED, attempt(2, 0), resent, true);
    assertThat(ledger.total(Total.RETRIED)).isEqualTo(2);
    assertThat(ledger.total(Total.DELIVERED)).isEqualTo(2);
  }

  /** The part of an attempt that was made for its event with this index. */
  private static Attempt part(Attempt attempt, int index) {
    Batch batch = attempt.batch();
    return new Attempt(
        batch.part(List.of(batch.events().get(index)), "msg_part"),
        attempt.circuit(),
        attempt.ticket());
  }

  @Test
  void whatWasSaidOfASingleEventIsInItsErrorAndItsStatusIsThatOfTheAnswer() {
    Attempt whole = attempt(2, 0);
    Answer answer = new Answer(200, null, false, 0, "{\"errors\":true}", 9, false);
    Finding finding = new Finding(Verdict.REJECTED, "400 in a 200", "mapper_parsing_exception");
    recorder.record(
        new Decision(part(whole, 1), Ruling.DEAD_LETTER, finding), whole.batch(), answer, true);
    DeadLetter letter = letter(2);
    assertThat(letter.status()).isEqualTo(200);
    assertThat(letter.error())
        .isEqualTo("400 in a 200 from http://a.example: mapper_parsing_exception");
    assertThat(letter.response()).isEqualTo("{\"errors\":true}");
    assertThat(recorder.lastError()).isEqualTo("400 in a 200 from http://a.example");
    assertThat(ledger.letters()).containsExactly(2L);
    assertThat(measured.attempts).containsExactly("failed 9 ms 1");
  }

  @Test
  void whatWasSaidOfASingleEventEchoesNoCredentials() {
    Attempt whole = attempt(2, 0);
    Answer answer = toldHunter2(200, "");
    for (int i = 0; i < 2; i++) {
      Finding finding = new Finding(Verdict.REJECTED, "403 in a 200", i + " of hunter2hunter2");
      recorder.record(
          new Decision(part(whole, i), Ruling.DEAD_LETTER, finding), whole.batch(), answer, true);
      assertThat(letter(i + 1).error())
          .startsWith("403 in a 200 from http://a.example: " + i + " of ")
          .doesNotContain("hunter2");
    }
  }

  @Test
  void eachEventOfAnAttemptIsRecordedOnceWhateverBecomesOfTheOthers() {
    Attempt whole = attempt(3, 0);
    Answer answer = status(200);
    recorder.record(
        new Decision(part(whole, 0), Ruling.DELIVERED, Finding.DELIVERED),
        whole.batch(),
        answer,
        true);
    Batch again =
        recorder.record(
            new Decision(
                part(whole, 1), Ruling.RETRY, new Finding(Verdict.RETRY, "429 in a 200", null)),
            whole.batch(),
            answer,
            true);
    assertThat(again.attempts()).isEqualTo(1);
    assertThat(again.messageId()).isEqualTo("msg_part");
    assertThat(whole.batch().events().get(2).attempts()).as("a neighbour").isZero();
    assertThat(ledger.total(Total.DELIVERED)).isEqualTo(1);
    assertThat(ledger.total(Total.RETRIED)).isEqualTo(1);
    assertThat(reports).extracting(AttemptReport::problem).containsExactly(null, "429 in a 200");
  }
}
