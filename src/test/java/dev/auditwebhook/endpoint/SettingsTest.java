package dev.auditwebhook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.store.PendingEvent;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {

  private static final long NOW = 1_000_000;

  private final WebhookOptions configured =
      new WebhookOptions().setUrl("http://a/").setSecrets(List.of("one", "two"));

  private static Settings afterRestart(Settings settings, WebhookOptions configured) {
    return new Settings(configured, new JsonObject(settings.toJson().encode()), NOW);
  }

  @Test
  void startsWithTheConfiguration() {
    Settings settings = new Settings(configured, new JsonObject(), NOW);
    assertThat(settings.url()).isEqualTo("http://a/");
    assertThat(settings.secrets(NOW)).containsExactly("one", "two");
    assertThat(settings.initialBackoff()).isEqualTo(1000);
    assertThat(settings.pausedFor()).isNull();
  }

  @Test
  void aNewSecretIsFirstAndTheFormerOnesEndAfterADay() {
    Settings settings = new Settings(configured, new JsonObject(), NOW);
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
    Settings settings = new Settings(configured, new JsonObject(), NOW);
    settings.secret("two", NOW);
    assertThat(settings.secrets(NOW)).containsExactly("two", "one");
  }

  @Test
  void aValueHoldsWhileTheConfiguredOneIsUnchanged() {
    Settings settings = new Settings(configured, new JsonObject(), NOW);
    settings.url("http://b/", NOW);
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
  void aPauseIsKeptWithItsReasonUntilItIsEnded() {
    Settings settings = new Settings(configured, new JsonObject(), NOW);
    settings.pause("410 Gone from http://a");

    Settings later = afterRestart(settings, configured);
    assertThat(later.pausedFor()).isEqualTo("410 Gone from http://a");
    later.resume();
    assertThat(later.pausedFor()).isNull();
    assertThat(afterRestart(later, configured).pausedFor()).isNull();
  }

  @Test
  void anotherUrlEndsAPauseWhetherSetOrConfigured() {
    Settings settings = new Settings(configured, new JsonObject(), NOW);
    settings.pause("410 Gone from http://a");
    assertThat(afterRestart(settings, new WebhookOptions().setUrl("http://c/")).pausedFor())
        .isNull();
    settings.url("http://b/", NOW);
    assertThat(settings.pausedFor()).isNull();
  }

  @Test
  void attemptsCountOnlyAtTheUrlInForce() {
    Settings settings = new Settings(configured, new JsonObject(), NOW);
    PendingEvent tried = new PendingEvent(1, "x", new byte[0], 2, NOW + 10);
    assertThat(settings.current(tried).attempts()).isEqualTo(2);

    settings.url("", NOW + 20);
    assertThat(settings.current(tried).attempts()).as("nowhere is no other URL").isEqualTo(2);
    settings.url("http://b/", NOW + 20);
    assertThat(settings.current(tried).attempts()).isZero();
    assertThat(settings.current(tried.waiting(1, NOW + 21)).attempts()).isEqualTo(1);

    Settings later = afterRestart(settings, configured);
    assertThat(later.current(tried).attempts()).as("after a restart").isZero();
    assertThat(later.current(tried.waiting(1, NOW + 21)).attempts()).isEqualTo(1);
  }

  @Test
  void aUrlConfiguredAfterADisableIsAnotherOne() {
    Settings settings = new Settings(configured, new JsonObject(), NOW);
    PendingEvent tried = new PendingEvent(1, "x", new byte[0], 2, NOW);
    settings.url("", NOW);

    Settings edited = afterRestart(settings, new WebhookOptions().setUrl("http://c/"));

    assertThat(edited.current(tried).attempts()).isZero();
  }
}
