package dev.auditwebhook.endpoint.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
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

  @ParameterizedTest
  @CsvSource({
    "user.* !user.debug, user.login, true",
    "user.* !user.debug, user.debug, false",
    "user.* !user.debug, user.debugger, true",
    "user.* !user.debug, node.join, false",
    "!user.debug user.*, user.debug, false",
    "* !user.*, node.join, true",
    "* !user.*, user.login, false",
    "!user.* user.login, user.login, false",
    "user.login !*, user.login, false",
    "* !*, user.login, false"
  })
  void oneWithABangTakesOutWhatTheOthersLetInWhereverItStands(
      String patterns, String action, boolean matches) {
    assertThat(new Actions(List.of(patterns.split(" "))).match(action)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "!user.*, node.join, true",
    "!user.*, user.login, false",
    "!user.* !node.join, node.leave, true",
    "!user.* !node.join, node.join, false",
    "!*, user.login, false"
  })
  void whereAllHaveABangTheyLetInAllElse(String patterns, String action, boolean matches) {
    assertThat(new Actions(List.of(patterns.split(" "))).match(action)).isEqualTo(matches);
  }

  @Test
  void whereThereIsNoneNothingIsWanted() {
    assertThat(new Actions(List.of()).match("user.login")).isFalse();
  }
}
