package dev.auditwebhook.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminTokenTest {

  @Test
  void matchesTheSameTextOnly() {
    AdminToken token = AdminToken.of("s3cr3t-token");

    assertThat(token.matches("s3cr3t-token")).isTrue();
    assertThat(token.matches("s3cr3t-toke")).isFalse();
    assertThat(token.matches("s3cr3t-token ")).isFalse();
    assertThat(token.matches("S3cr3t-token")).isFalse();
    assertThat(token.matches("")).isFalse();
    assertThat(token.matches(null)).isFalse();
    assertThat(token.matches("x".repeat(1_000_000))).isFalse();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " ", "a b", "a\n", "pässword", "\u0000"})
  void refusesATokenThatDoesNotFitIntoTheHeader(String token) {
    assertThatThrownBy(() -> AdminToken.of(token))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must be visible ASCII characters without blanks");
  }

  @Test
  void makesUpTokensThatNeedNoEscape() {
    Set<String> tokens = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      tokens.add(AdminToken.random());
    }
    assertThat(tokens).hasSize(1000).allMatch(token -> token.matches("[A-Za-z0-9_-]{43}"));
  }

  @Property
  void findsAnyTokenBehindBearer(
      @ForAll @CharRange(from = '!', to = '~') @StringLength(min = 1, max = 200) String token) {
    for (String scheme : new String[] {"Bearer ", "bearer ", "BEARER   "}) {
      assertThat(AdminToken.bearer(scheme + token)).contains(token);
    }
    assertThat(AdminToken.of(token).matches(token)).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "Bearertoken",
        "Basic dXNlcjpwdw==",
        "token",
        " Bearer x",
        "Bearer a b",
        "Bearer\ttoken",
        "Bearer tök",
        "Bearer a\nb",
        "Bearer a, Bearer b"
      })
  void findsNothingElsewhere(String header) {
    assertThat(AdminToken.bearer(header)).isEmpty();
  }

  @Test
  void doesNotShowItself() {
    assertThat(AdminToken.of("s3cr3t-token").toString()).doesNotContain("s3cr3t");
  }
}
