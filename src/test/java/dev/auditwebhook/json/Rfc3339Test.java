package dev.auditwebhook.json;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-01T00:00:00Z",
        "2026-01-01t00:00:00z",
        "2026-01-01T00:00:00.1Z",
        "2026-01-01T00:00:00.123456789Z",
        "2024-02-29T23:59:59+23:59",
        "1990-12-31T23:59:60Z",
        "1990-12-31T15:59:60-08:00",
        "2017-01-01T05:29:60.5+05:30",
        "2017-01-01T00:29:60+00:30",
        "2016-12-31T23:59:60-00:00",
        "1996-12-19T16:39:57-08:00",
        "0000-01-01T00:00:00-00:00"
      })
  void valid(String text) {
    assertThat(Rfc3339.isValid(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00Z",
        "2026-01-01 00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T12:59:60Z",
        "2016-12-31T23:58:60Z",
        "2016-12-31T23:59:60-08:00",
        "2016-12-31T15:59:60+08:00",
        "2026-01-01T00:00:00.1234567890Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00.5",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+0100",
        "2026-01-01T00:00:00ZZ",
        "2026-01-01T00:00:00Z\"",
        "١٠٠٠-01-01T00:00:00Z"
      })
  void invalid(String text) {
    assertThat(Rfc3339.isValid(text)).isFalse();
  }

  @Property
  void anyTextIsReadWithoutAnError(@ForAll String text) {
    Rfc3339.isValid(text);
    Rfc3339.isValid("2026-01-01T00:00:00" + text);
  }
}
