package dev.auditwebhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {

  private static final long NOW = 1_000_000;

  private final WebhookOptions configured =
      new WebhookOptions().setUrl("http://a/").setSecrets(List.of("one", "two"));

  private static Settings afterRestart(Settings settings, WebhookOptions configured) {
    return new Settings(configured, new JsonObject(settings.toJson().encode()));
  }

  @Test
  void startsWithTheConfiguration() {
    Settings settings = new Settings(configured, new JsonObject());
    assertThat(settings.url()).isEqualTo("http://a/");
    assertThat(settings.secrets(NOW)).containsExactly("one", "two");
    assertThat(settings.initialBackoff()).isEqualTo(1000);
    assertThat(settings.reason()).isNull();
  }

  @Test
  void aNewSecretIsFirstAndTheFormerOnesEndAfterADay() {
    Settings settings = new Settings(configured, new JsonObject());
    settings.secret("three", NOW);
    settings.secret("four", NOW + 1);
    assertThat(settings.secrets(NOW + 2)).containsExactly("four", "three", "one", "two");
    assertThat(settings.nextExpiry(NOW + 2)).isEqualTo(NOW + Settings.ROTATION);
    assertThat(settings.secrets(NOW + Settings.ROTATION)).containsExactly("four", "three");
    assertThat(settings.secrets(NOW + 1 + Settings.ROTATION)).containsExactly("four");
    assertThat(settings.nextExpiry(NOW + 1 + Settings.ROTATION)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theSameSecretAgainIsNotHeldTwice() {
    Settings settings = new Settings(configured, new JsonObject());
    settings.secret("two", NOW);
    assertThat(settings.secrets(NOW)).containsExactly("two", "one");
  }

  @Test
  void aValueHoldsWhileTheConfiguredOneIsUnchanged() {
    Settings settings = new Settings(configured, new JsonObject());
    settings.url("http://b/", null);
    settings.secret("three", NOW);
    settings.initialBackoff(5);

    Settings same = afterRestart(settings, configured);
    assertThat(same.url()).isEqualTo("http://b/");
    assertThat(same.secrets(NOW)).containsExactly("three", "one", "two");
    assertThat(same.initialBackoff()).isEqualTo(5);

    Settings edited =
        afterRestart(
            same,
            new WebhookOptions()
                .setUrl("http://c/")
                .setSecrets(List.of("nine"))
                .setInitialBackoff(7));
    assertThat(edited.url()).isEqualTo("http://c/");
    assertThat(edited.secrets(NOW)).containsExactly("nine");
    assertThat(edited.initialBackoff()).isEqualTo(7);
  }

  @Test
  void theReasonOfADisableIsKept() {
    Settings settings = new Settings(configured, new JsonObject());
    settings.url("", "410 Gone from http://a");
    assertThat(afterRestart(settings, configured).reason()).isEqualTo("410 Gone from http://a");
    settings.url("http://b/", null);
    assertThat(settings.reason()).isNull();
  }
}
