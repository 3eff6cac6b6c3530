package dev.auditwebhook.endpoint;

import static dev.auditwebhook.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.attempt.Batch;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.testing.SettableClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {

  private final SettableClock clock = new SettableClock();
  private final List<List<Long>> over = new ArrayList<>();
  private final RetrySchedule retries =
      new RetrySchedule(clock, due -> over.add(due.stream().map(this::id).toList()));

  private static Batch batch(long id) {
    return Batch.single(Pending.untried(event(id)), "msg_" + id);
  }

  private long id(Batch batch) {
    return batch.events().get(0).id();
  }

  @Test
  void backoffsEndInTheOrderOfTheirEnds() {
    retries.add(batch(1), 120);
    retries.add(batch(2), 40);
    retries.add(batch(3), 80);
    assertThat(retries.size()).isEqualTo(3);
    assertThat(retries.endsOneWithin(40)).isTrue();
    assertThat(retries.endsOneWithin(39)).isFalse();

    clock.turn(39);
    assertThat(over).isEmpty();
    clock.turn(1);
    assertThat(over).containsExactly(List.of(2L));
    clock.turn(1_000);
    assertThat(over).containsExactly(List.of(2L), List.of(3L), List.of(1L));
    assertThat(retries.size()).isZero();
    assertThat(retries.endsOneWithin(Long.MAX_VALUE / 2)).isFalse();
  }

  @Test
  void backoffsThatAreOverAtOnceEndTogether() {
    retries.add(batch(2), 50);
    clock.turn(10);
    retries.add(batch(1), 40);
    clock.turn(40);
    assertThat(over).hasSize(1);
    assertThat(over.get(0)).containsExactlyInAnyOrder(1L, 2L);
  }

  @Test
  void clearedBackoffsDoNotEndLater() {
    retries.add(batch(1), 20);
    retries.add(batch(2), 30);
    assertThat(retries.clear()).extracting(this::id).containsExactlyInAnyOrder(1L, 2L);
    assertThat(retries.size()).isZero();
    assertThat(clock.timers()).isZero();
    retries.add(batch(3), 60);
    clock.turn(1_000);
    assertThat(over).containsExactly(List.of(3L));
  }

  @Test
  void oneTimerWaitsForTheEarliestWhateverTheirNumber() {
    for (long id = 1; id <= 10_000; id++) {
      retries.add(batch(id), 10_001 - id);
      assertThat(clock.timers()).isEqualTo(1);
    }
    clock.turn(5_000);
    assertThat(over).hasSize(5_000);
    assertThat(clock.timers()).isEqualTo(1);
    clock.turn(5_000);
    assertThat(over).hasSize(10_000);
    assertThat(clock.timers()).isZero();
  }

  @Test
  void whatIsAddedWhenOneEndsIsNotLost() {
    List<Long> ended = new ArrayList<>();
    RetrySchedule[] again = new RetrySchedule[1];
    again[0] =
        new RetrySchedule(
            clock,
            due -> {
              ended.add(clock.elapsed());
              if (ended.size() < 3) {
                due.forEach(batch -> again[0].add(batch, 10));
              }
            });
    again[0].add(batch(1), 10);
    clock.turn(1_000);
    assertThat(ended).containsExactly(10L, 20L, 30L);
  }

  @Test
  void aBackoffOfNoTimeEndsAllTheSame() {
    retries.add(batch(1), 0);
    assertThat(over).as("not within the call").isEmpty();
    clock.turn(1);
    assertThat(over).containsExactly(List.of(1L));
  }
}
