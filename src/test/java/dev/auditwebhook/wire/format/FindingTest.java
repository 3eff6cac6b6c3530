package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FindingTest {

  private static String said(String text) {
    return new Finding(Verdict.REJECTED, "400 in a 200", text).said();
  }

  @Test
  void whatWasSaidIsKept() {
    assertThat(said("mapper_parsing_exception: \u00E4\uD83D\uDE80"))
        .isEqualTo("mapper_parsing_exception: \u00E4\uD83D\uDE80");
    assertThat(said(null)).isNull();
  }

  @Test
  void ofALongTextTheFirst1024BytesAreKept() {
    assertThat(said("a".repeat(1024))).hasSize(1024);
    assertThat(said("a".repeat(70_000))).isEqualTo("a".repeat(1024));
  }

  @Test
  void itEndsWithAWholeCharacter() {
    assertThat(said("a".repeat(1023) + "\u00E4")).isEqualTo("a".repeat(1023));
    assertThat(said("a".repeat(1022) + "\u00E4b")).isEqualTo("a".repeat(1022) + "\u00E4");
    assertThat(said("a".repeat(1021) + "\uD83D\uDE80")).isEqualTo("a".repeat(1021));
    assertThat(said("\uD83D\uDE80".repeat(300))).isEqualTo("\uD83D\uDE80".repeat(256));
  }

  @Test
  void halfOfASurrogatePairIsReplaced() {
    assertThat(said("a\uD83Db")).isEqualTo("a?b");
  }
}
