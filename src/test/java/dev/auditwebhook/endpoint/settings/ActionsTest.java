package dev.auditwebhook.endpoint.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActionsTest {

  @ParameterizedTest
  @CsvSource({
    "*, user.login, true",
    "user.*, user.login, true",
    "user.*, user., true",
    "user.*, user, false",
    "user.*, super.user.login, false",
    "user.login, user.login, true",
    "user.login, user.login.failed, false",
    "u*, user, true"
  })
  void namesMatchWholeAndPrefixesMatchTheStart(String pattern, String action, boolean matches) {
    assertThat(new Actions(List.of("never", pattern)).match(action)).isEqualTo(matches);
  }
}
