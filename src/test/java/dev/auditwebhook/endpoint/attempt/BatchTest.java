package dev.auditwebhook.endpoint.attempt;

import static dev.auditwebhook.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.Pending;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BatchTest {

  private static Pending pending(long id, long acceptedAt) {
    return Pending.untried(event(id, acceptedAt));
  }

  private static Batch three() {
    return Batch.array(List.of(pending(3, 300), pending(5, 100), pending(8, 200)), "msg_b");
  }

  private static String body(Batch batch) {
    return new String(batch.body(), StandardCharsets.UTF_8);
  }

  private static String json(long id) {
    return "{\"event_id\":%d,\"action\":\"node.registered\"}".formatted(id);
  }

  @Test
  void aSingleEventIsSentAsTheObjectThatItIs() {
    Batch batch = Batch.single(pending(7, 90), "msg_7");
    assertThat(body(batch)).isEqualTo(json(7));
    assertThat(batch.messageId()).isEqualTo("msg_7");
    assertThat(batch.size()).isEqualTo(1);
    assertThat(batch.attempts()).isZero();
    assertThat(batch.tries()).isZero();
    assertThat(batch.since()).isEqualTo(90);
  }

  @Test
  void severalAreSentAsAnArrayAndWaitSinceTheFirstOfThemDoes() {
    Batch batch = three();
    assertThat(body(batch)).isEqualTo("[" + json(3) + "," + json(5) + "," + json(8) + "]");
    assertThat(batch.since()).isEqualTo(100);
  }

  @Test
  void membersMessageIdAndBodyStayTheSameOverAllAttempts() {
    Batch first = three();
    Batch second = first.tried(1, 700);
    Batch parked = second.tried(1, 800);
    assertThat(second.attempts()).isEqualTo(1);
    assertThat(second.tries()).isEqualTo(1);
    assertThat(second.since()).isEqualTo(700);
    assertThat(parked.attempts()).as("a try that costs nothing").isEqualTo(1);
    assertThat(parked.tries()).isEqualTo(2);
    for (Batch again : List.of(second, parked, parked.fresh())) {
      assertThat(again.events()).isEqualTo(first.events());
      assertThat(again.messageId()).isEqualTo("msg_b");
      assertThat(again.body()).isEqualTo(first.body());
    }
  }

  @Test
  void afreshItHasAllItsAttemptsAndKeepsItsPlace() {
    Batch fresh = three().tried(2, 700).fresh();
    assertThat(fresh.attempts()).isZero();
    assertThat(fresh.tries()).isZero();
    assertThat(fresh.since()).isEqualTo(700);
    assertThat(fresh.events()).allMatch(event -> event.attempts() == 0);
  }

  @Test
  void halvesHaveIdsOfTheirOwnAndTheAttemptsThatAreLeft() {
    Iterator<String> ids = Stream.of("msg_x", "msg_y").iterator();
    List<Batch> halves = three().tried(2, 700).halves(ids::next);
    assertThat(halves).extracting(Batch::messageId).containsExactly("msg_x", "msg_y");
    assertThat(halves)
        .extracting(BatchTest::body)
        .containsExactly("[" + json(3) + "," + json(5) + "]", "[" + json(8) + "]");
    assertThat(halves)
        .allSatisfy(
            half -> {
              assertThat(half.attempts()).isEqualTo(2);
              assertThat(half.tries()).as("it was never tried as it is").isZero();
              assertThat(half.since()).isEqualTo(700);
            });
  }

  @Test
  void theOneThatWaitsLongestIsFirstOrTheOneWithTheLowestId() {
    Batch early = Batch.single(pending(9, 100), "msg_9");
    Batch late = Batch.single(pending(2, 200), "msg_2");
    Batch alsoEarly = Batch.single(pending(4, 100), "msg_4");
    assertThat(Stream.of(early, late, alsoEarly).sorted(Batch.LONGEST_WAIT))
        .containsExactly(alsoEarly, early, late);
    assertThat(Stream.of(early, late, alsoEarly).sorted(Batch.LOWEST_ID))
        .containsExactly(late, alsoEarly, early);
  }
}
