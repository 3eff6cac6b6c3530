package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A webhook with its store on disk, whose process ends and starts again. */
class StoreRestartTest extends WebhookTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

  private WebhookOptions onDisk() {
    return options()
        .setStore(
            new StoreOptions()
                .setType(StoreOptions.FILE)
                .setPath(directory.resolve("data").toString())
                .setSyncInterval(1));
  }

  /** A new Vert.x is as good as a new process: nothing in memory is left. */
  private void restart(WebhookOptions options) {
    if (deployment != null) {
      undeploy();
    }
    result(vertx.close());
    vertx = Vertx.vertx();
    client = WebhookClient.create(vertx);
    deploy(options);
  }

  @Test
  void pendingEventsGoOutAfterARestartWithTheirIdsAndAttempts() {
    receiver.usually(status(503));
    deploy(onDisk().setMaxAttempts(3).setInitialBackoff(60_000).setQueueCapacity(4));
    publish(10);
    awaitState(state -> state.json().getLong("retried") == 4);
    List<String> ids =
        receiver.requests().stream().map(r -> r.headers().get("webhook-id")).sorted().toList();
    int before = receiver.requests().size();

    restart(onDisk().setMaxAttempts(2).setInitialBackoff(1).setMaxInFlight(1).setQueueCapacity(4));
    WebhookClient.State state = awaitSettled(10);

    assertThat(state.failed()).isEqualTo(10);
    assertThat(before).isEqualTo(4);
    assertThat(receiver.requests().subList(before, receiver.requests().size()))
        .as("one more attempt for those that had one, two for the others")
        .hasSize(4 + 6 * 2);
    assertThat(receiver.requests().stream().map(r -> r.headers().get("webhook-id")).distinct())
        .as("one message id an event, the same before and after")
        .containsAll(ids)
        .hasSize(10);
  }

  @Test
  void withLowerBoundsAllThatWaitsOnDiskGoesOutInOrder() {
    receiver.stop();
    deploy(onDisk().setQueueCapacity(8).setMaxAttempts(1000).setInitialBackoff(60_000));
    publish(40);
    awaitState(state -> state.pending() == 40);
    WebhookOptions lower =
        onDisk()
            .setQueueCapacity(3)
            .setMaxInFlight(1)
            .setMaxAttempts(1000)
            .setInitialBackoff(1)
            .setMaxBackoff(20);
    lower.getStore().setMaxEvents(10);
    restart(lower);

    WebhookClient.Accepted refused = result(client.request(AuditEvent.of("a", null)));
    assertThat(refused.status()).isEqualTo("dropped");
    receiver.start();

    awaitState(state -> state.pending() == 0);
    assertThat(receiver.eventIds())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 40).boxed().toList());
    WebhookClient.Accepted next = result(client.request(AuditEvent.of("a", null)));
    assertThat(next.status()).isEqualTo("queued");
    assertThat(next.eventId()).isEqualTo(42);
    assertThat(awaitSettled(42).dropped()).isEqualTo(1);
  }

  @Test
  void numbersCountersAndDeadLettersGoOn() {
    receiver.then(status(400), status(204), status(204));
    deploy(onDisk().setMaxInFlight(1));
    publish(3);
    awaitSettled(3);
    JsonObject before = request("webhook.dlq", new JsonObject());

    restart(onDisk());

    assertThat(request("webhook.dlq", new JsonObject())).isEqualTo(before);
    WebhookClient.State state = state();
    assertThat(state.received()).isEqualTo(3);
    assertThat(state.delivered()).isEqualTo(2);
    assertThat(state.failed()).isEqualTo(1);
    assertThat(result(client.request(AuditEvent.of("a", null))).eventId()).isEqualTo(4);
    assertThat(result(client.redrive())).isEqualTo(1);
    assertThat(awaitSettled(4).delivered()).isEqualTo(4);
    String prefix = receiver.requests().get(0).headers().get("webhook-id").replaceFirst("_1$", "");
    assertThat(receiver.requests().stream().map(r -> r.headers().get("webhook-id")).distinct())
        .containsExactlyInAnyOrderElementsOf(
            LongStream.rangeClosed(1, 4).mapToObj(id -> prefix + "_" + id).toList());
  }

  @Test
  void theUrlThatWasSetHoldsUntilTheConfigurationIsEdited() {
    ScriptedReceiver other = ScriptedReceiver.start(elsewhere);
    deploy(onDisk());
    result(client.setUrl(other.url()));

    restart(onDisk());
    assertThat(state().url()).isEqualTo(other.url());

    restart(onDisk().setUrl(receiver.url("/edited")));
    assertThat(state().url()).isEqualTo(receiver.url("/edited"));
    restart(onDisk().setUrl(receiver.url("/edited")));
    assertThat(state().url()).isEqualTo(receiver.url("/edited"));
  }

  @Test
  void aUrlThatWasSetAndIsForbiddenNowFailsTheStartInOneLine() {
    String configured = "https://siem.example/in";
    deploy(onDisk().setUrl(configured).setDrainTimeout(1));
    result(client.setUrl(receiver.url("/in?token=hush")));
    undeploy();

    WebhookOptions stricter = onDisk().setUrl(configured).setAllowPrivateNetworks(false);
    assertThatThrownBy(() -> deploy(stricter))
        .hasMessage(
            "webhook.url: the one that was set at run time, kept in "
                + directory.resolve("data")
                + ", is refused: forbidden address 127.0.0.1 while webhook.allowPrivateNetworks is"
                + " false; edit webhook.url, and it takes the place of that one");

    deploy(stricter.setUrl("https://siem.example/edited"));
    assertThat(state().url()).isEqualTo("https://siem.example/edited");
  }

  @Test
  void a410OutlivesTheProcessWithItsReason() {
    receiver.usually(status(410));
    deploy(onDisk());
    publish(1);
    awaitState(state -> !state.enabled());

    restart(onDisk());

    assertThat(state().enabled()).isFalse();
    assertThat(state().json().getString("reason")).startsWith("410 Gone from ");
    assertThat(state().pending()).isEqualTo(1);
  }

  @Test
  void aRotatedSecretGoesOnSigningAndIsItsOwnersOnly() throws Exception {
    deploy(onDisk().setSecrets(List.of(SECRET)));
    request("webhook.set", new JsonObject().put("secret", OTHER_SECRET));

    restart(onDisk().setSecrets(List.of(SECRET)));
    publish(1);
    awaitSettled(1);

    assertThat(receiver.requests().get(0).headers().get("webhook-signature").split(" "))
        .as("the new secret and the former one")
        .hasSize(2);
    try (Stream<Path> files = Files.list(directory.resolve("data"))) {
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
            PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("data"))))
        .isEqualTo("rwx------");
  }
}
