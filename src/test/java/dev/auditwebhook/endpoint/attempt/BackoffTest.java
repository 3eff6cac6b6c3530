package dev.auditwebhook.endpoint.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private static Backoff without(double jitter, double random) {
    return new Backoff(60_000, jitter, () -> random);
  }

  @Test
  void doublesAfterEachAttemptUpToTheLongest() {
    Backoff backoff = without(0, 0.5);
    assertThat(backoff.after(1000, 1, 0)).isEqualTo(1000);
    assertThat(backoff.after(1000, 2, 0)).isEqualTo(2000);
    assertThat(backoff.after(1000, 3, 0)).isEqualTo(4000);
    assertThat(backoff.after(1000, 7, 0)).isEqualTo(60_000);
    assertThat(backoff.after(1000, 999, 0)).isEqualTo(60_000);
  }

  @Test
  void variesByItsJitter() {
    assertThat(without(0.1, 0).after(1000, 1, 0)).isEqualTo(900);
    assertThat(without(0.1, 1).after(1000, 1, 0)).isEqualTo(1100);
  }

  @Test
  void aReceiverMayAskForMoreUpToTheLongest() {
    Backoff backoff = without(0.1, 0);
    assertThat(backoff.after(1000, 1, 2000)).isEqualTo(2000);
    assertThat(backoff.after(1000, 3, 2000)).isEqualTo(3600);
    assertThat(backoff.after(1000, 1, Long.MAX_VALUE)).isEqualTo(60_000);
  }

  @Property
  void isAlwaysWithinItsBounds(
      @ForAll @LongRange(min = 1, max = 86_400_000) long initial,
      @ForAll @IntRange(min = 1, max = 1000) int attempts,
      @ForAll @LongRange(min = 0) long retryAfter,
      @ForAll @DoubleRange(min = 0, max = 1) double jitter,
      @ForAll @DoubleRange(min = 0, max = 1) double random) {
    assertThat(without(jitter, random).after(initial, attempts, retryAfter)).isBetween(1L, 60_000L);
  }
}
