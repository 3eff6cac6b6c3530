package dev.auditwebhook.endpoint.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.testing.Events;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {

  private static final long NOW = 1_000_000;

  private static final String ONE = secret("one");
  private static final String TWO = secret("two");
  private static final String THREE = secret("three");
  private static final String FOUR = secret("four");
  private static final String NINE = secret("nine");

  private final EndpointOptions configured =
      new EndpointOptions().setUrl("http://a/").setSecrets(List.of(ONE, TWO));

  private JsonObject stored;
  private int changes;

  private static String secret(String text) {
    byte[] key = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), 24);
    return "whsec_" + Base64.getEncoder().encodeToString(key);
  }

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
    assertThat(settings.signing(NOW)).containsExactly(ONE, TWO);
    assertThat(settings.initialBackoff()).isEqualTo(1000);
    assertThat(settings.pausedFor()).isNull();
  }

  @Test
  void aNewSecretIsFirstAndTheFormerOnesEndAfterADay() {
    Settings settings = settings(configured);
    settings.secret(THREE, NOW);
    settings.secret(FOUR, NOW + 1);
    assertThat(settings.signing(NOW + 2)).containsExactly(FOUR, THREE, ONE, TWO);
    assertThat(settings.nextExpiry(NOW + 2)).isEqualTo(NOW + Settings.ROTATION);
    assertThat(settings.signing(NOW + Settings.ROTATION)).containsExactly(FOUR, THREE);
    assertThat(settings.signing(NOW + 1 + Settings.ROTATION)).containsExactly(FOUR);
    assertThat(settings.nextExpiry(NOW + 1 + Settings.ROTATION)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theSameSecretAgainIsNotHeldTwice() {
    Settings settings = settings(configured);
    settings.secret(TWO, NOW);
    assertThat(settings.signing(NOW)).containsExactly(TWO, ONE);
  }

  @Test
  void aValueHoldsWhileTheConfiguredOneIsUnchanged() {
    Settings settings = settings(configured);
    settings.url("http://b/", NOW);
    settings.secret(THREE, NOW);
    settings.initialBackoff(5);

    Settings same = afterRestart(configured);
    assertThat(same.url()).isEqualTo("http://b/");
    assertThat(same.signing(NOW)).containsExactly(THREE, ONE, TWO);
    assertThat(same.initialBackoff()).isEqualTo(5);

    Settings edited =
        afterRestart(
            new EndpointOptions()
                .setUrl("http://c/")
                .setSecrets(List.of(NINE))
                .setInitialBackoff(7));
    assertThat(edited.url()).isEqualTo("http://c/");
    assertThat(edited.signing(NOW)).containsExactly(NINE);
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
            () -> settings.secret(THREE, NOW),
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
