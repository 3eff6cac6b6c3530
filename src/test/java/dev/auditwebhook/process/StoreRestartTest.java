package dev.auditwebhook.process;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A webhook with its store on disk, whose process ends and starts again. */
class StoreRestartTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

  @Test
  void pendingEventsGoOutAfterARestartWithTheirIdsAndAttempts() {
    receiver.usually(status(503));
    webhook.deploy(
        webhook.optionsOnDisk().setMaxAttempts(3).setInitialBackoff(60_000).setQueueCapacity(4));
    webhook.publish(10);
    webhook.awaitState(state -> state.retried() == 4);
    List<String> ids = receiver.requests().stream().map(Received::messageId).sorted().toList();
    int before = receiver.requests().size();

    webhook.restart(
        webhook
            .optionsOnDisk()
            .setMaxAttempts(2)
            .setInitialBackoff(1)
            .setMaxInFlight(1)
            .setQueueCapacity(4));
    WebhookClient.State state = webhook.awaitSettled(10);

    assertThat(state.failed()).isEqualTo(10);
    assertThat(before).isEqualTo(4);
    assertThat(receiver.requests().subList(before, receiver.requests().size()))
        .as("one more attempt for those that had one, two for the others")
        .hasSize(4 + 6 * 2);
    assertThat(receiver.requests().stream().map(Received::messageId).distinct())
        .as("one message id an event, the same before and after")
        .containsAll(ids)
        .hasSize(10);
  }

  @Test
  void withLowerBoundsAllThatWaitsOnDiskGoesOutInOrder() {
    receiver.stop();
    webhook.deploy(
        webhook.optionsOnDisk().setQueueCapacity(8).setMaxAttempts(1000).setInitialBackoff(60_000));
    webhook.publish(40);
    webhook.awaitState(state -> state.pending() == 40);
    WebhookOptions lower =
        webhook
            .optionsOnDisk()
            .setQueueCapacity(3)
            .setMaxInFlight(1)
            .setMaxAttempts(1000)
            .setInitialBackoff(1)
            .setMaxBackoff(20);
    lower.getStore().setMaxEvents(10);
    webhook.restart(lower);

    WebhookClient.Accepted refused = result(webhook.client().request(AuditEvent.of("a", null)));
    assertThat(refused.status()).isEqualTo("dropped");
    receiver.start();

    webhook.awaitState(state -> state.pending() == 0);
    assertThat(receiver.eventIds()).isEqualTo(ids(1, 40));
    WebhookClient.Accepted next = result(webhook.client().request(AuditEvent.of("a", null)));
    assertThat(next.status()).isEqualTo("queued");
    assertThat(next.eventId()).isEqualTo(42);
    assertThat(webhook.awaitSettled(42).dropped()).isEqualTo(1);
  }

  @Test
  void numbersCountersAndDeadLettersGoOn() {
    receiver.then(status(400), status(204), status(204));
    webhook.deploy(webhook.optionsOnDisk().setMaxInFlight(1));
    webhook.publish(3);
    webhook.awaitSettled(3);
    JsonObject before = webhook.request("webhook.dlq", new JsonObject());

    webhook.restart(webhook.optionsOnDisk());

    assertThat(webhook.request("webhook.dlq", new JsonObject())).isEqualTo(before);
    WebhookClient.State state = webhook.state();
    assertThat(state.received()).isEqualTo(3);
    assertThat(state.delivered()).isEqualTo(2);
    assertThat(state.failed()).isEqualTo(1);
    assertThat(result(webhook.client().request(AuditEvent.of("a", null))).eventId()).isEqualTo(4);
    assertThat(result(webhook.client().redrive())).isEqualTo(1);
    assertThat(webhook.awaitSettled(4).delivered()).isEqualTo(4);
    String prefix = receiver.takeRequest().messageId().replaceFirst("_1$", "");
    assertThat(receiver.requests().stream().map(Received::messageId).distinct())
        .containsExactlyInAnyOrderElementsOf(
            LongStream.rangeClosed(1, 4).mapToObj(id -> prefix + "_" + id).toList());
  }

  @Test
  void theUrlThatWasSetHoldsUntilTheConfigurationIsEdited() {
    ScriptedReceiver other = webhook.anotherReceiver();
    webhook.deploy(webhook.optionsOnDisk());
    result(webhook.client().setUrl(other.url()));

    webhook.restart(webhook.optionsOnDisk());
    assertThat(webhook.state().url()).isEqualTo(other.url());

    webhook.restart(webhook.optionsOnDisk().setUrl(receiver.url("/edited")));
    assertThat(webhook.state().url()).isEqualTo(receiver.url("/edited"));
    webhook.restart(webhook.optionsOnDisk().setUrl(receiver.url("/edited")));
    assertThat(webhook.state().url()).isEqualTo(receiver.url("/edited"));
  }

  @Test
  void aUrlThatWasSetAndIsForbiddenNowFailsTheStartInOneLine() {
    String configured = "https://siem.example/in";
    webhook.deploy(webhook.optionsOnDisk().setUrl(configured).setDrainTimeout(1));
    result(webhook.client().setUrl(receiver.url("/in?token=hush")));
    webhook.undeploy();

    WebhookOptions stricter =
        webhook.optionsOnDisk().setUrl(configured).setAllowPrivateNetworks(false);
    assertThatThrownBy(() -> webhook.deploy(stricter))
        .hasMessage(
            "webhook.url: the one that was set at run time, kept in "
                + webhook.directory().resolve("data")
                + ", is refused: forbidden address 127.0.0.1 while webhook.allowPrivateNetworks is"
                + " false; edit webhook.url, and it takes the place of that one");

    webhook.deploy(stricter.setUrl("https://siem.example/edited"));
    assertThat(webhook.state().url()).isEqualTo("https://siem.example/edited");
  }

  @Test
  void a410OutlivesTheProcessWithItsReason() {
    receiver.usually(status(410));
    webhook.deploy(webhook.optionsOnDisk());
    webhook.publish(1);
    webhook.awaitState(state -> !state.enabled());

    webhook.restart(webhook.optionsOnDisk());

    assertThat(webhook.state().enabled()).isFalse();
    assertThat(webhook.state().reason()).startsWith("410 Gone from ");
    assertThat(webhook.state().pending()).isEqualTo(1);
  }

  @Test
  void aRotatedSecretGoesOnSigningAndIsItsOwnersOnly() throws Exception {
    webhook.deploy(webhook.optionsOnDisk().setSecrets(List.of(SECRET)));
    webhook.set("secret", OTHER_SECRET);

    webhook.restart(webhook.optionsOnDisk().setSecrets(List.of(SECRET)));
    webhook.publish(1);
    webhook.awaitSettled(1);

    assertThat(receiver.takeRequest().headers().get("webhook-signature").split(" "))
        .as("the new secret and the former one")
        .hasSize(2);
    try (Stream<Path> files = Files.list(webhook.directory().resolve("data"))) {
      assertThat(
              files.map(
                  file -> {
                    try {
                      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                    } catch (java.io.IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  }))
          .containsOnly("rw-------");
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(webhook.directory().resolve("data"))))
        .isEqualTo("rwx------");
  }
}
