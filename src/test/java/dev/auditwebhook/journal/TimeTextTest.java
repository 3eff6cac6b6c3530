package dev.auditwebhook.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TimeTextTest {

  private final TimeText times = new TimeText();

  @Property
  void aTimeIsWrittenAsInstantWritesIt(@ForAll @LongRange(max = 253_402_300_799_999L) long now) {
    for (long next = now; next < now + 3; next++) {
      assertThat(times.text(next)).isEqualTo(Instant.ofEpochMilli(next).toString());
    }
  }

  @Test
  void aFullSecondHasNoFraction() {
    assertThat(times.text(1_000)).isEqualTo("1970-01-01T00:00:01Z");
    assertThat(times.text(1_007)).isEqualTo("1970-01-01T00:00:01.007Z");
    assertThat(times.text(999)).isEqualTo("1970-01-01T00:00:00.999Z");
  }
}
