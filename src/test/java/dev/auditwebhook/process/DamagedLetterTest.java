package dev.auditwebhook.process;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.testing.Damage;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One dead letter or event that the disk has damaged costs no other event anything. */
class DamagedLetterTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private static final String WARNING =
      "dead letters are damaged on disk and can only be purged: 2";

  private void startWithLetters1To3OfWhich2IsDamaged() throws IOException {
    receiver.usually(status(400));
    webhook.deploy(webhook.optionsOnDisk());
    webhook.publish(3);
    webhook.awaitSettled(3);
    webhook.undeploy();
    webhook.end();
    Damage.event(webhook.directory().resolve("data").resolve("events.mv"), 2);
    receiver.usually(status(204));
    webhook.restart(webhook.optionsOnDisk());
  }

  private static List<Long> ids(List<WebhookClient.DeadLetter> letters) {
    return letters.stream().map(WebhookClient.DeadLetter::eventId).toList();
  }

  @Test
  void itIsListedAsWhatItIsAndTheOthersAsTheyAre() throws IOException {
    startWithLetters1To3OfWhich2IsDamaged();

    List<WebhookClient.DeadLetter> letters = webhook.deadLetters();

    assertThat(ids(letters)).containsExactly(1L, 2L, 3L);
    assertThat(letters.get(1).action()).isEqualTo("<damaged>");
    assertThat(letters.get(1).messageId()).endsWith("_2");
    assertThat(letters.get(1).error()).isEqualTo("damaged on disk; it can only be purged");
    assertThat(letters.get(1).details()).isNull();
    assertThat(letters.get(2).details()).isEqualTo(new JsonObject().put("n", 3));
    assertThat(webhook.state().warning()).isEqualTo(WARNING);
  }

  @Test
  void aPendingEventThatIsDamagedBecomesOne() throws IOException {
    receiver.usually(status(503));
    webhook.deploy(webhook.optionsOnDisk().setInitialBackoff(60_000));
    webhook.publish(3);
    webhook.awaitState(state -> state.retried() == 3);
    webhook.undeploy();
    webhook.end();
    Damage.event(webhook.directory().resolve("data").resolve("events.mv"), 2);
    receiver.usually(status(204));

    webhook.restart(webhook.optionsOnDisk());

    WebhookClient.State state = webhook.awaitSettled(3);
    assertThat(state.delivered()).isEqualTo(2);
    assertThat(state.failed()).isEqualTo(1);
    assertThat(state.warning()).isEqualTo(WARNING);
    assertThat(ids(webhook.deadLetters())).containsExactly(2L);
    assertThat(webhook.deadLetters().get(0).action()).isEqualTo("<damaged>");
    assertThat(result(webhook.client().redrive())).isZero();
    assertThat(result(webhook.client().purgeAll())).isEqualTo(1);
    assertThat(webhook.state().warning()).isNull();
  }

  @Test
  void aRedriveOfAllSendsTheOthersAndSaysSo() throws IOException {
    startWithLetters1To3OfWhich2IsDamaged();

    assertThat(result(webhook.client().redrive())).isEqualTo(2);
    assertThat(result(webhook.client().redrive(List.of(2L)))).isZero();

    WebhookClient.State state = webhook.awaitSettled(3);
    assertThat(state.delivered()).isEqualTo(2);
    assertThat(state.failed()).isEqualTo(1);
    assertThat(ids(webhook.deadLetters())).containsExactly(2L);
    webhook.publish(2);
    assertThat(webhook.awaitSettled(5).delivered()).isEqualTo(4);
  }

  @Test
  void itOutlivesRestartsUntilItIsPurged() throws IOException {
    startWithLetters1To3OfWhich2IsDamaged();
    result(webhook.client().redrive());
    webhook.awaitSettled(3);
    try (LogLines log = new LogLines()) {
      webhook.restart(webhook.optionsOnDisk());
      assertThat(log.all().stream().filter(line -> line.contains("damaged")))
          .containsExactly("ERROR webhook.store.path: " + WARNING);
    }
    assertThat(webhook.state().warning()).isEqualTo(WARNING);
    assertThat(webhook.request("webhook.ready", new JsonObject()).getBoolean("ready")).isTrue();

    assertThat(result(webhook.client().purge(List.of(2L)))).isEqualTo(1);

    assertThat(webhook.state().warning()).isNull();
    webhook.restart(webhook.optionsOnDisk());
    assertThat(webhook.state().warning()).isNull();
    assertThat(webhook.deadLetters()).isEmpty();
    assertThat(webhook.state().failed()).isEqualTo(1);
  }
}
