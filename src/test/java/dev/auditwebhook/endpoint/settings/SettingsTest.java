package dev.auditwebhook.endpoint.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.testing.Events;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {

  private static final long NOW = 1_000_000;

  private final EndpointOptions configured =
      new EndpointOptions().setUrl("http://a/").setSecrets(List.of("one", "two"));

  private JsonObject stored;
  private int changes;

  private Settings settings(EndpointOptions configured) {
    stored = new JsonObject();
    return new Settings(configured, stored, NOW, () -> changes++);
  }

  /** What was stored goes through JSON, as a store may have it. */
  private Settings afterRestart(EndpointOptions configured) {
    stored = new JsonObject(stored.encode());
    return new Settings(configured, stored, NOW, () -> changes++);
  }

  private static Pending tried(int attempts, long since) {
    return Pending.of(new Straggler(Events.event(1), attempts, since));
  }

  @Test
  void startsWithTheConfiguration() {
    Settings settings = settings(configured);
    assertThat(settings.url()).isEqualTo("http://a/");
    assertThat(settings.signing(NOW)).containsExactly("one", "two");
    assertThat(settings.initialBackoff()).isEqualTo(1000);
    assertThat(settings.pausedFor()).isNull();
  }

  @Test
  void aNewSecretIsFirstAndTheFormerOnesEndAfterADay() {
    Settings settings = settings(configured);
    settings.secret("three", NOW);
    settings.secret("four", NOW + 1);
    assertThat(settings.signing(NOW + 2)).containsExactly("four", "three", "one", "two");
    assertThat(settings.nextExpiry(NOW + 2)).isEqualTo(NOW + Settings.ROTATION);
    assertThat(settings.signing(NOW + Settings.ROTATION)).containsExactly("four", "three");
    assertThat(settings.signing(NOW + 1 + Settings.ROTATION)).containsExactly("four");
    assertThat(settings.nextExpiry(NOW + 1 + Settings.ROTATION)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theSameSecretAgainIsNotHeldTwice() {
    Settings settings = settings(configured);
    settings.secret("two", NOW);
    assertThat(settings.signing(NOW)).containsExactly("two", "one");
  }

  @Test
  void aValueHoldsWhileTheConfiguredOneIsUnchanged() {
    Settings settings = settings(configured);
    settings.url("http://b/", NOW);
    settings.secret("three", NOW);
    settings.initialBackoff(5);

    Settings same = afterRestart(configured);
    assertThat(same.url()).isEqualTo("http://b/");
    assertThat(same.signing(NOW)).containsExactly("three", "one", "two");
    assertThat(same.initialBackoff()).isEqualTo(5);

    Settings edited =
        afterRestart(
            new EndpointOptions()
                .setUrl("http://c/")
                .setSecrets(List.of("nine"))
                .setInitialBackoff(7));
    assertThat(edited.url()).isEqualTo("http://c/");
    assertThat(edited.signing(NOW)).containsExactly("nine");
    assertThat(edited.initialBackoff()).isEqualTo(7);
  }

  @Test
  void aPauseIsKeptWithItsReasonUntilItIsEnded() {
    Settings settings = settings(configured);
    settings.pause("410 Gone from http://a");

    Settings later = afterRestart(configured);
    assertThat(later.pausedFor()).isEqualTo("410 Gone from http://a");
    later.resume();
    assertThat(later.pausedFor()).isNull();
    assertThat(afterRestart(configured).pausedFor()).isNull();
  }

  @Test
  void anotherUrlEndsAPauseWhetherSetOrConfigured() {
    Settings settings = settings(configured);
    settings.pause("410 Gone from http://a");
    assertThat(afterRestart(new EndpointOptions().setUrl("http://c/")).pausedFor()).isNull();
    settings.url("http://b/", NOW);
    assertThat(settings.pausedFor()).isNull();
  }

  @Test
  void attemptsCountOnlyAtTheUrlInForce() {
    Settings settings = settings(configured);
    Pending tried = tried(2, NOW + 10);
    assertThat(settings.counts(tried)).isTrue();

    settings.url("", NOW + 20);
    assertThat(settings.counts(tried)).as("nowhere is no other URL").isTrue();
    settings.url("http://b/", NOW + 20);
    assertThat(settings.counts(tried)).isFalse();
    assertThat(settings.counts(tried(0, NOW + 10))).as("there are none to forget").isTrue();
    assertThat(settings.counts(tried(1, NOW + 21))).isTrue();

    Settings later = afterRestart(configured);
    assertThat(later.counts(tried)).as("after a restart").isFalse();
    assertThat(later.counts(tried(1, NOW + 21))).isTrue();
  }

  @Test
  void aUrlConfiguredAfterADisableIsAnotherOne() {
    Settings settings = settings(configured);
    Pending tried = tried(2, NOW);
    settings.url("", NOW);

    Settings edited = afterRestart(new EndpointOptions().setUrl("http://c/"));

    assertThat(edited.counts(tried)).isFalse();
  }

  @Test
  void eachChangeIsTold() {
    Settings settings = settings(configured);
    List<Runnable> all =
        List.of(
            () -> settings.url("http://b/", NOW),
            () -> settings.secret("three", NOW),
            () -> settings.initialBackoff(5),
            () -> settings.pause("paused by request"),
            settings::resume);
    for (Runnable change : all) {
      int before = changes;
      change.run();
      assertThat(changes).isEqualTo(before + 1);
    }
  }

  @Test
  void whereThereIsNoUrlNothingIsPaused() {
    Settings settings = settings(configured);
    settings.url("", NOW);
    settings.pause("410 Gone from http://a");
    assertThat(settings.pausedFor()).isNull();
  }
}
