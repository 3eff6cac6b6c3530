package dev.auditwebhook.wire;

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
        "Sun, 06 Nov 1994 10:49:47 +0200 | 10000",
        "06 Nov 1994 | 0",
        "Sunday, 06-Nov-94 08:49:47 GMT | 10000",
        "Sunday, 06-Nov-94 08:49:27 GMT | 0",
        "Monday, 06-Nov-94 08:49:47 GMT | 0",
        "Sunday, 06-Nov-44 08:49:37 GMT | 1577923200000",
        "Monday, 07-Nov-44 08:49:37 GMT | 0",
        "Monday, 06-Nov-45 08:49:37 GMT | 0",
        "Sunday, 06-Nov-94 | 0",
        "Sun Nov  6 08:49:47 1994 | 10000",
        "Sun Nov 06 08:49:47 1994 | 10000",
        "Wed Nov 16 08:49:37 1994 | 864000000",
        "Sun Nov  6 08:49:27 1994 | 0",
        "Sun Nov  6 | 0",
        "Sat Nov  6 08:49:37 +999999999 | 0",
      })
  void secondsAndDatesOfAllFormsAreRead(String value, long millis) {
    assertThat(RetryAfter.millis(value, NOW)).isEqualTo(millis);
  }

  @Property
  void nothingThatAReceiverSendsDoesHarm(@ForAll String value) {
    assertThat(RetryAfter.millis(value, NOW)).isNotNegative();
  }
}
