package dev.auditwebhook.endpoint.attempt;

import static dev.auditwebhook.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.wire.format.Event;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BatchTest {

  private static Pending pending(long id, long acceptedAt) {
    return Pending.untried(event(id, acceptedAt));
  }

  private static Batch three() {
    return Batch.of(List.of(pending(3, 300), pending(5, 100), pending(8, 200)), "msg_b");
  }

  private static List<Long> contents(Batch batch) {
    return batch.contents().stream().map(Event::id).toList();
  }

  @Test
  void aSingleEventIsSentWithTheIdOfItsOwn() {
    Batch batch = Batch.single(pending(7, 90), "msg_7");
    assertThat(contents(batch)).containsExactly(7L);
    assertThat(batch.messageId()).isEqualTo("msg_7");
    assertThat(batch.size()).isEqualTo(1);
    assertThat(batch.attempts()).isZero();
    assertThat(batch.tries()).isZero();
    assertThat(batch.since()).isEqualTo(90);
  }

  @Test
  void severalAreSentInTheirOrderAndWaitSinceTheFirstOfThemDoes() {
    Batch batch = three();
    assertThat(contents(batch)).containsExactly(3L, 5L, 8L);
    assertThat(batch.since()).isEqualTo(100);
  }

  @Test
  void membersMessageIdAndContentsStayTheSameOverAllAttempts() {
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
      assertThat(again.contents()).isEqualTo(first.contents());
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
        .extracting(BatchTest::contents)
        .containsExactly(List.of(3L, 5L), List.of(8L));
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
