package dev.auditwebhook.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UnauthorizedThrottleTest {

  private static final String PEER = "203.0.113.7";

  private final AtomicLong now = new AtomicLong();
  private final UnauthorizedThrottle throttle =
      new UnauthorizedThrottle(UnauthorizedThrottle.LONGEST, now::get);

  private long tryOnce(String peer) {
    long delay = throttle.hold(peer);
    if (delay > 0) {
      throttle.release(peer);
    }
    return delay;
  }

  private List<Long> tryOften(int times) {
    List<Long> delays = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      delays.add(tryOnce(PEER));
    }
    return delays;
  }

  @Test
  void theFirstFiveAreAnsweredAtOnceThenEachWaitsTwiceAsLongUpToFiveSeconds() {
    assertThat(tryOften(13))
        .containsExactly(
            0L, 0L, 0L, 0L, 0L, 100L, 200L, 400L, 800L, 1_600L, 3_200L, 5_000L, 5_000L);
    assertThat(tryOften(1_000)).containsOnly(5_000L);
  }

  @Test
  void aPeerIsForgottenAfterAMinuteWithoutATry() {
    tryOften(8);
    now.addAndGet(59_999);
    assertThat(tryOnce(PEER)).isEqualTo(800);
    now.addAndGet(60_000);
    assertThat(tryOnce(PEER)).isZero();
  }

  @Test
  void onePeerDoesNotSlowAnother() {
    tryOften(20);
    assertThat(tryOnce("203.0.113.8")).isZero();
  }

  @Test
  void atMostSixteenAnswersOfAPeerWaitAtOnce() {
    tryOften(5);
    for (int i = 0; i < 16; i++) {
      assertThat(throttle.hold(PEER)).isPositive();
    }
    assertThat(throttle.hold(PEER)).isEqualTo(UnauthorizedThrottle.TOO_MANY);
    throttle.release(PEER);
    assertThat(throttle.hold(PEER)).isPositive();
  }

  @Test
  void atMost256AnswersOfAllPeersWaitAtOnce() {
    for (int peer = 0; peer < 16; peer++) {
      for (int i = 0; i < 5; i++) {
        tryOnce("peer " + peer);
      }
      for (int i = 0; i < 16; i++) {
        assertThat(throttle.hold("peer " + peer)).isPositive();
      }
    }
    tryOften(5);
    assertThat(throttle.hold(PEER)).isEqualTo(UnauthorizedThrottle.TOO_MANY);
    throttle.release("peer 7");
    assertThat(throttle.hold(PEER)).isPositive();
  }

  @Test
  void tenThousandPeersAreRememberedAndTheOldestGoesFirst() {
    tryOften(6);
    for (int i = 0; i < UnauthorizedThrottle.MAX_PEERS - 1; i++) {
      tryOnce("peer " + i);
    }
    assertThat(tryOnce(PEER)).isEqualTo(200);
    tryOnce("one more");
    assertThat(tryOnce(PEER)).isEqualTo(400);
    for (int i = 0; i < UnauthorizedThrottle.MAX_PEERS; i++) {
      tryOnce("another peer " + i);
    }
    assertThat(tryOnce(PEER)).isZero();
  }

  @Test
  void withoutADelayNobodyWaits() {
    UnauthorizedThrottle none = new UnauthorizedThrottle(0);
    for (int i = 0; i < 100; i++) {
      assertThat(none.hold(PEER)).isZero();
    }
  }
}
