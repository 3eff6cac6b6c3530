package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

  @ParameterizedTest
  @CsvSource({
    "200, DELIVERED",
    "201, DELIVERED",
    "204, DELIVERED",
    "299, DELIVERED",
    "408, RETRY",
    "425, RETRY",
    "429, RETRY",
    "500, RETRY",
    "503, RETRY",
    "599, RETRY",
    "999, RETRY",
    "0, RETRY",
    "401, REFUSED",
    "403, REFUSED",
    "404, REFUSED",
    "405, REFUSED",
    "407, REFUSED",
    "101, REFUSED",
    "102, RETRY",
    "199, RETRY",
    "300, REFUSED",
    "301, REFUSED",
    "303, REFUSED",
    "304, REFUSED",
    "308, REFUSED",
    "410, GONE",
    "400, ONE_REJECTED",
    "402, REJECTED",
    "409, REJECTED",
    "413, ONE_REJECTED",
    "422, ONE_REJECTED",
    "499, REJECTED"
  })
  void aStatusHasItsVerdict(int status, Verdict verdict) {
    assertThat(Verdict.of(status)).isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource({
    "DELIVERED, false, true",
    "RETRY, true, false",
    "REFUSED, true, false",
    "GONE, false, false",
    "REJECTED, false, true",
    "ONE_REJECTED, false, true",
    "HELD_UP, false, true"
  })
  void theCircuitCountsTheEndpointAndNotTheEvent(Verdict verdict, boolean fails, boolean heals) {
    assertThat(verdict.failsCircuit()).isEqualTo(fails);
    assertThat(verdict.healsCircuit()).isEqualTo(heals);
  }
}
