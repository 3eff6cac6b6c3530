package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventPartsTest {

  private static final Instant ACCEPTED_AT = Instant.ofEpochMilli(FormatEvents.ACCEPTED_AT);

  private static EventParts partsOf(String content) {
    return new EventParts(new Event(1, "x", FormatEvents.utf8(content), FormatEvents.ACCEPTED_AT));
  }

  private static Instant time(String timestamp) {
    return new EventParts(FormatEvents.at(timestamp)).time();
  }

  private static String written(Consumer<BodyWriter> some) {
    BodyWriter body = new BodyWriter(List.of(), 0);
    some.accept(body);
    return new String(body.toBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void valuesAreFoundAsTheyAreWritten() {
    EventParts parts =
        partsOf(",\"action\":\"a\\\"\\\\\",\"timestamp\":\"2026\",\"details\":{\"n\":1.500}}");
    assertThat(written(parts::action)).isEqualTo("\"a\\\"\\\\\"");
    assertThat(parts.actionSize()).isEqualTo("\"a\\\"\\\\\"".length());
    assertThat(parts.timestamp()).isEqualTo("2026");
    assertThat(parts.hasDetails()).isTrue();
    assertThat(written(parts::details)).isEqualTo("{\"n\":1.500}");
  }

  @Test
  void detailsMayBeMissing() {
    assertThat(partsOf(",\"action\":\"a\",\"timestamp\":\"2026\"}").hasDetails()).isFalse();
  }

  @Test
  void withoutATimestampTheTimeIsThatOfAcceptance() {
    EventParts parts = partsOf(",\"action\":\"a\"}");
    assertThat(parts.timestamp()).isNull();
    assertThat(parts.hasDetails()).isFalse();
    assertThat(parts.time()).isEqualTo(ACCEPTED_AT);
  }

  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:00Z, 0, 0",
    "2026-01-01T00:00:00.123Z, 1767225600, 123000000",
    "2026-01-01t00:00:00.5z, 1767225600, 500000000",
    "2026-01-01T01:00:00.000000001+01:00, 1767225600, 1",
    "2025-12-31T23:29:59-00:30, 1767225599, 0",
    "2026-01-01T05:30:00+05:30, 1767225600, 0",
    "2026-01-01T00:00:00.1234567891Z, 1767225600, 123456789",
    "2016-12-31T23:59:60Z, 1483228800, 0",
    "2016-12-31T23:59:60.25Z, 1483228800, 250000000",
    "2017-01-01T00:59:60+01:00, 1483228800, 0",
    "1969-12-31T23:59:59.25Z, -1, 250000000",
    "0000-01-01T00:00:00Z, -62167219200, 0",
    "9999-12-31T23:59:59.999Z, 253402300799, 999000000"
  })
  void aTimestampIsATime(String timestamp, long seconds, int nanos) {
    assertThat(time(timestamp)).isEqualTo(Instant.ofEpochSecond(seconds, nanos));
  }

  @Property
  void aTimestampIsTheTimeThatJavaReads(
      @ForAll @LongRange(min = -62_000_000_000L, max = 253_000_000_000L) long second,
      @ForAll @IntRange(max = 999_999_999) int nanos,
      @ForAll @IntRange(min = -1079, max = 1079) int minutes) {
    Instant time = Instant.ofEpochSecond(second, nanos);
    OffsetDateTime local = time.atOffset(ZoneOffset.ofTotalSeconds(minutes * 60));
    assertThat(time(local.withSecond(1).toString())).isEqualTo(local.withSecond(1).toInstant());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-01-01T00:00:00.Q",
        "2026-01-01T00:00:00+1",
        "2026-01-01Txx:00:00Z"
      })
  void whatIsNoTimestampIsAsGoodAsNone(String timestamp) {
    assertThat(time(timestamp)).isEqualTo(ACCEPTED_AT);
  }

  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:00Z, 0",
    "2026-01-01T00:00:00.123456789Z, 1767225600123456789",
    "2262-04-11T23:47:15.999999999Z, 9223372035999999999"
  })
  void nanosecondsAreKept(String timestamp, long nanos) {
    assertThat(new EventParts(FormatEvents.at(timestamp)).nanos()).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1969-12-31T23:59:59.999Z", "2262-04-12T00:00:00Z", "9999-12-31T23:59:59Z"})
  void whatNanosecondsCannotSayIsTheTimeOfAcceptance(String timestamp) {
    assertThat(new EventParts(FormatEvents.at(timestamp)).nanos())
        .isEqualTo(FormatEvents.ACCEPTED_AT * 1_000_000);
  }
}
