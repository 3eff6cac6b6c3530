package dev.auditwebhook.journal.pace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.SettableClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final long INTERVAL = 50;

  private final SettableClock clock = new SettableClock();
  private final List<Long> starts = new ArrayList<>();
  private final Pace pace = new Pace(clock, INTERVAL, () -> starts.add(clock.elapsed()));

  /** The task runs, and is over at once, for as long as it is wanted. */
  private void turn(long millis) {
    for (long i = 0; i <= millis; i++) {
      int before = starts.size();
      clock.turn(i == 0 ? 0 : 1);
      if (starts.size() > before) {
        pace.ended();
      }
    }
  }

  @Test
  void afterAQuietTimeItRunsAtOnceButInALaterTurn() {
    pace.want();
    assertThat(starts).isEmpty();
    clock.turn();
    assertThat(starts).containsExactly(0L);
  }

  @Test
  void wantedManyTimesItRunsOnce() {
    for (int i = 0; i < 1_000; i++) {
      pace.want();
      pace.wantWithin(7);
    }
    assertThat(clock.timers()).isLessThanOrEqualTo(1);
    turn(1_000);
    assertThat(starts).containsExactly(0L);
    assertThat(clock.timers()).isZero();
  }

  @Test
  void itNeverRunsByItself() {
    clock.turn(10_000);
    assertThat(starts).isEmpty();
  }

  @Test
  void fromOneStartToTheNextThereIsTheInterval() {
    pace.want();
    turn(10);
    pace.want();
    turn(100);
    assertThat(starts).containsExactly(0L, INTERVAL);
  }

  @Test
  void itIsNotRunAgainBeforeItHasEnded() {
    pace.want();
    clock.turn();
    pace.want();
    pace.wantNow();
    clock.turn(500);
    assertThat(starts).containsExactly(0L);

    pace.ended();
    clock.turn();

    assertThat(starts).as("the interval is long over").containsExactly(0L, 500L);
  }

  @Test
  void wantedWithinATimeItRunsAtItsEndOrAlongWithWhatIsWantedSooner() {
    pace.wantWithin(100);
    turn(99);
    assertThat(starts).isEmpty();
    turn(1);
    assertThat(starts).containsExactly(100L);

    pace.wantWithin(100);
    turn(60);
    pace.want();
    turn(200);
    assertThat(starts).containsExactly(100L, 160L);
  }

  @Test
  void wantedWithinLessThanTheIntervalItDoesNotWaitForThat() {
    pace.want();
    turn(0);
    pace.wantWithin(10);
    turn(9);
    assertThat(starts).containsExactly(0L);
    turn(1);
    assertThat(starts).containsExactly(0L, 10L);
  }

  @Test
  void wantedNowItDoesNotWaitForTheInterval() {
    pace.want();
    turn(10);
    pace.want();
    pace.wantNow();
    assertThat(starts).hasSize(1);
    turn(200);
    assertThat(starts).containsExactly(0L, 10L);
  }

  @Test
  void anotherIntervalHoldsFromTheNextWantOn() {
    pace.want();
    turn(0);
    pace.interval(1_000);
    pace.want();
    turn(999);
    assertThat(starts).containsExactly(0L);
    turn(1);
    assertThat(starts).containsExactly(0L, 1_000L);
  }

  @Test
  void stoppedItRunsNoMoreWhateverWasWanted() {
    pace.want();
    pace.stop();
    clock.turn(100);
    pace.wantNow();
    pace.ended();
    clock.turn(100);
    assertThat(starts).isEmpty();
    assertThat(clock.timers()).isZero();
  }

  @Test
  void stoppedWhileItWaitsItLeavesNoTimer() {
    pace.wantWithin(100);
    pace.stop();
    assertThat(clock.timers()).isZero();
  }

  @Test
  void stoppedWhileItRunsItRunsNoMore() {
    pace.want();
    clock.turn();
    pace.want();
    pace.stop();
    pace.ended();
    clock.turn(1_000);
    assertThat(starts).containsExactly(0L);
  }
}
