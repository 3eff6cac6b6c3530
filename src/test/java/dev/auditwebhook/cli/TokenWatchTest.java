package dev.auditwebhook.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.TokenOptions;
import dev.auditwebhook.security.access.Keyring;
import dev.auditwebhook.testing.LogLines;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TokenWatchTest {

  private final LogLines lines = new LogLines();
  private final List<String> taken = new ArrayList<>();
  private Supplier<HttpOptions> source = TokenWatchTest::first;
  private String refusal;

  private final TokenWatch watch =
      new TokenWatch(() -> source.get(), this::take, Keyring.of(first()));

  @AfterEach
  void close() {
    lines.close();
  }

  private static HttpOptions first() {
    return new HttpOptions().setAdminToken("the-token-of-the-administrator");
  }

  private static HttpOptions with(String name) {
    return first()
        .addToken(
            new TokenOptions().setName(name).setRole("read").setToken("the-token-of-" + name));
  }

  private void take(HttpOptions options) {
    if (refusal != null) {
      throw new IllegalArgumentException(refusal);
    }
    taken.add(Keyring.of(options).toString());
  }

  private void look(int times) {
    for (int i = 0; i < times; i++) {
      watch.look();
    }
  }

  private void fails(String why) {
    source =
        () -> {
          throw new IllegalArgumentException(why);
        };
  }

  @Test
  void handsOnWhatHasChangedOnceItIsSeenTwice() {
    look(3);
    assertThat(taken).isEmpty();
    source = () -> with("operators");
    look(1);
    assertThat(taken).isEmpty();
    look(3);
    assertThat(taken).containsExactly("admin (admin), operators (read)");
    source = TokenWatchTest::first;
    look(2);
    assertThat(taken).hasSize(2).last().isEqualTo("admin (admin)");
    assertThat(lines.all()).isEmpty();
  }

  @Test
  void otherChangesOfTheFileAreNotItsOwn() {
    source = () -> first().setPort(9);
    look(3);
    assertThat(taken).isEmpty();
  }

  @Test
  void aFileThatIsHalfWrittenGoesUnnoticed() {
    fails("conf/webhook.json: the JSON ends too early");
    look(1);
    source = () -> with("operators");
    look(1);
    fails("conf/webhook.json: the JSON ends too early");
    look(1);
    source = () -> with("producers");
    look(2);
    assertThat(taken).containsExactly("admin (admin), producers (read)");
    assertThat(lines.all()).isEmpty();
  }

  @Test
  void aFileThatIsWrongIsOneWarningAndTheFormerTokensStay() {
    fails("http.tokens[0].role: must be metrics, ingest, read, operate or admin");
    look(5);
    assertThat(lines.all())
        .containsExactly(
            "WARN The former tokens stay valid: http.tokens[0].role: must be metrics, ingest, read,"
                + " operate or admin");
    fails("conf/webhook.json: no such file");
    look(5);
    assertThat(lines.all())
        .last()
        .isEqualTo("WARN The former tokens stay valid: conf/webhook.json: no such file");
    assertThat(taken).isEmpty();
    source = () -> with("operators");
    look(2);
    assertThat(taken).hasSize(1);
    fails("conf/webhook.json: no such file");
    look(5);
    assertThat(lines.all()).hasSize(3);
  }

  @Test
  void whatIsRefusedIsOneWarningToo() {
    refusal = "http.adminToken: must not be emptied while it serves";
    source = HttpOptions::new;
    look(5);
    assertThat(lines.all()).containsExactly("WARN The former tokens stay valid: " + refusal);
    refusal = null;
    source = () -> with("operators");
    look(2);
    assertThat(taken).hasSize(1);
  }
}
