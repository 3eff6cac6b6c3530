package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.Damage;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One dead letter or event that the disk has damaged costs no other event anything. */
class DamagedLetterTest extends WebhookTest {

  private static final String WARNING =
      "dead letters are damaged on disk and can only be purged: 2";

  private WebhookOptions onDisk() {
    return options()
        .setStore(
            new StoreOptions()
                .setType(StoreOptions.FILE)
                .setPath(directory.resolve("data").toString())
                .setSyncInterval(1));
  }

  private void stop() {
    undeploy();
    result(vertx.close());
  }

  private void start() {
    vertx = Vertx.vertx();
    client = WebhookClient.create(vertx);
    deploy(onDisk());
  }

  private void startWithLetters1To3OfWhich2IsDamaged() throws IOException {
    receiver.usually(status(400));
    deploy(onDisk());
    publish(3);
    awaitSettled(3);
    stop();
    Damage.event(directory.resolve("data").resolve("events.mv"), 2);
    receiver.usually(status(204));
    start();
  }

  private List<WebhookClient.DeadLetter> letters() {
    return result(client.deadLetters(100, 0));
  }

  private static List<Long> ids(List<WebhookClient.DeadLetter> letters) {
    return letters.stream().map(WebhookClient.DeadLetter::eventId).toList();
  }

  @Test
  void itIsListedAsWhatItIsAndTheOthersAsTheyAre() throws IOException {
    startWithLetters1To3OfWhich2IsDamaged();

    List<WebhookClient.DeadLetter> letters = letters();

    assertThat(ids(letters)).containsExactly(1L, 2L, 3L);
    assertThat(letters.get(1).action()).isEqualTo("<damaged>");
    assertThat(letters.get(1).messageId()).endsWith("_2");
    assertThat(letters.get(1).error()).isEqualTo("damaged on disk; it can only be purged");
    assertThat(letters.get(1).details()).isNull();
    assertThat(letters.get(2).details()).isEqualTo(new JsonObject().put("n", 3));
    assertThat(state().json().getString("warning")).isEqualTo(WARNING);
  }

  @Test
  void aPendingEventThatIsDamagedBecomesOne() throws IOException {
    receiver.usually(status(503));
    deploy(onDisk().setInitialBackoff(60_000));
    publish(3);
    awaitState(state -> state.json().getLong("retried") == 3);
    stop();
    Damage.event(directory.resolve("data").resolve("events.mv"), 2);
    receiver.usually(status(204));

    start();

    WebhookClient.State state = awaitSettled(3);
    assertThat(state.delivered()).isEqualTo(2);
    assertThat(state.failed()).isEqualTo(1);
    assertThat(state.json().getString("warning")).isEqualTo(WARNING);
    assertThat(ids(letters())).containsExactly(2L);
    assertThat(letters().get(0).action()).isEqualTo("<damaged>");
    assertThat(result(client.redrive())).isZero();
    assertThat(result(client.purgeAll())).isEqualTo(1);
    assertThat(state().json().getValue("warning")).isNull();
  }

  @Test
  void aRedriveOfAllSendsTheOthersAndSaysSo() throws IOException {
    startWithLetters1To3OfWhich2IsDamaged();

    assertThat(result(client.redrive())).isEqualTo(2);
    assertThat(result(client.redrive(List.of(2L)))).isZero();

    WebhookClient.State state = awaitSettled(3);
    assertThat(state.delivered()).isEqualTo(2);
    assertThat(state.failed()).isEqualTo(1);
    assertThat(ids(letters())).containsExactly(2L);
    publish(2);
    assertThat(awaitSettled(5).delivered()).isEqualTo(4);
  }

  @Test
  void itOutlivesRestartsUntilItIsPurged() throws IOException {
    startWithLetters1To3OfWhich2IsDamaged();
    result(client.redrive());
    awaitSettled(3);
    stop();
    try (LogLines log = new LogLines()) {
      start();
      assertThat(log.all().stream().filter(line -> line.contains("damaged")))
          .containsExactly("ERROR webhook.store.path: " + WARNING);
    }
    assertThat(state().json().getString("warning")).isEqualTo(WARNING);
    assertThat(request("webhook.ready", new JsonObject()).getBoolean("ready")).isTrue();

    assertThat(result(client.purge(List.of(2L)))).isEqualTo(1);

    assertThat(state().json().getValue("warning")).isNull();
    stop();
    start();
    assertThat(state().json().getValue("warning")).isNull();
    assertThat(letters()).isEmpty();
    assertThat(state().failed()).isEqualTo(1);
  }
}
