package dev.auditwebhook.security.access;

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

class BearerTokenTest {

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " ", "a b", "a\n", "pässword", "\u0000"})
  void refusesATokenThatDoesNotFitIntoTheHeader(String token) {
    assertThatThrownBy(() -> BearerToken.check(token))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must be visible ASCII characters without blanks");
  }

  @Test
  void refusesATokenThatCouldBeGuessed() {
    assertThatThrownBy(() -> BearerToken.check("x".repeat(19)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must have at least 20 characters");
    BearerToken.check("x".repeat(20));
  }

  @Test
  void makesUpTokensThatNeedNoEscape() {
    Set<String> tokens = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      tokens.add(BearerToken.random());
    }
    assertThat(tokens).hasSize(1000).allMatch(token -> token.matches("[A-Za-z0-9_-]{43}"));
  }

  @Test
  void digestsAsSha256sumDoes() {
    assertThat(BearerToken.sha256("abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Property
  void findsAnyTokenBehindBearer(
      @ForAll @CharRange(from = '!', to = '~') @StringLength(min = 1, max = 200) String token) {
    for (String scheme : new String[] {"Bearer ", "bearer ", "BEARER   "}) {
      assertThat(BearerToken.bearer(scheme + token)).contains(token);
    }
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
    assertThat(BearerToken.bearer(header)).isEmpty();
  }
}
