package dev.auditwebhook.endpoint.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.delivery.Ruling.Circumstances;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulingTest {

  @ParameterizedTest(name = "{0}, current {1}, tolerated {2}, last {3}, divisible {4}: {5}")
  @CsvSource({
    "DELIVERED, true, false, false, false, DELIVERED",
    "DELIVERED, false, false, true, false, DELIVERED",
    "RETRY, true, true, false, false, RETRY",
    "RETRY, true, true, true, false, DEAD_LETTER",
    "RETRY, true, false, false, false, PARK",
    "RETRY, true, false, true, false, PARK",
    "RETRY, true, true, true, true, DIVIDE",
    "RETRY, true, false, false, true, DIVIDE",
    "RETRY, false, false, false, true, PARK",
    "RETRY, false, true, false, false, PARK",
    "RETRY, false, true, true, false, PARK",
    "REFUSED, true, true, false, false, DEAD_LETTER",
    "REFUSED, true, false, false, false, PARK",
    "REFUSED, true, false, true, false, PARK",
    "REFUSED, true, true, true, true, DEAD_LETTER",
    "REFUSED, true, false, false, true, DIVIDE",
    "REFUSED, false, false, false, true, PARK",
    "REFUSED, false, true, false, false, PARK",
    "REFUSED, false, false, false, false, PARK",
    "REJECTED, true, false, false, false, DEAD_LETTER",
    "REJECTED, true, false, false, true, DIVIDE",
    "REJECTED, false, false, true, true, DIVIDE",
    "GONE, true, false, true, false, PAUSE",
    "GONE, false, false, false, false, PARK"
  })
  void whatFollowsFromAVerdict(
      Verdict verdict,
      boolean current,
      boolean tolerated,
      boolean last,
      boolean divisible,
      Ruling ruling) {
    assertThat(Ruling.of(verdict, new Circumstances(current, tolerated, last, divisible)))
        .isEqualTo(ruling);
  }
}
