package dev.auditwebhook.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.security.access.Principal;
import dev.auditwebhook.security.access.Role;
import org.junit.jupiter.api.Test;

class IngestQuotaTest {

  private static final Principal FIVE = new Principal("five", Role.INGEST, 5);

  private long now = 7_000_000_000L;
  private final IngestQuota quota = new IngestQuota(() -> now);

  private void passMillis(long millis) {
    now += millis * 1_000_000;
  }

  @Test
  void withoutAQuotaAllMayPass() {
    assertThat(quota.take(Principal.OF_HOST, 1_000_000)).isEqualTo(1_000_000);
    assertThat(quota.take(new Principal("a", Role.ADMIN), 1_000_000)).isEqualTo(1_000_000);
  }

  @Test
  void aSecondsWorthMayPassAtOnceAndThenAsManyAsTimeGives() {
    assertThat(quota.take(FIVE, 7)).isEqualTo(5);
    assertThat(quota.take(FIVE, 1)).isZero();
    passMillis(199);
    assertThat(quota.take(FIVE, 1)).isZero();
    passMillis(1);
    assertThat(quota.take(FIVE, 2)).isEqualTo(1);
    passMillis(600);
    assertThat(quota.take(FIVE, 2)).isEqualTo(2);
    assertThat(quota.take(FIVE, 2)).isEqualTo(1);
  }

  @Test
  void whatIsNotUsedIsSavedForOneSecond() {
    quota.take(FIVE, 5);
    passMillis(60_000);
    assertThat(quota.take(FIVE, 10)).isEqualTo(5);
    assertThat(quota.take(FIVE, 1)).isZero();
  }

  @Test
  void noFractionsAddUpToMore() {
    Principal three = new Principal("three", Role.INGEST, 3);
    int taken = quota.take(three, 3);
    for (int i = 0; i < 100_000; i++) {
      now += 100_001; // 10 seconds in all
      taken += quota.take(three, 1);
    }
    assertThat(taken).isBetween(32, 33);
  }

  @Test
  void tokensOfOneNameShareIt() {
    assertThat(quota.take(FIVE, 3)).isEqualTo(3);
    assertThat(quota.take(new Principal("five", Role.INGEST, 5), 3)).isEqualTo(2);
    assertThat(quota.take(new Principal("six", Role.INGEST, 6), 6)).isEqualTo(6);
  }

  @Test
  void theRefusalSaysWhoseQuotaAndHowMuch() {
    Problem problem = IngestQuota.exceeded(FIVE);
    assertThat(problem.status()).isEqualTo(429);
    assertThat(problem)
        .hasMessage("the quota of the token five is 5 entries a second; send this one again later");
    assertThat(problem.headers()).containsValue("1");
  }
}
