package dev.auditwebhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

  /** Sun, 06 Nov 1994 08:49:37 GMT. */
  private static final long NOW = 784_111_777_000L;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | 2000",
        " 120 | 120000",
        "0 | 0",
        "99999999999999999999 | 9223372036854775807",
        "-1 | 0",
        "1.5 | 0",
        "soon | 0",
        "'' | 0",
        "Sun, 06 Nov 1994 08:49:47 GMT | 10000",
        "Sun, 06 Nov 1994 08:49:27 GMT | 0",
        "06 Nov 1994 | 0",
      })
  void bothFormsAreRead(String value, long millis) {
    assertThat(RetryAfter.millis(value, NOW)).isEqualTo(millis);
  }

  @Property
  void nothingThatAReceiverSendsDoesHarm(@ForAll String value) {
    assertThat(RetryAfter.millis(value, NOW)).isNotNegative();
  }
}
