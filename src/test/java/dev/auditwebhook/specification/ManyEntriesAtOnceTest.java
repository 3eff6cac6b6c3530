package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.silence;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.KubernetesAudit;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Entries that are posted as newline-delimited JSON. */
@EveryStore
class ManyEntriesAtOnceTest {

  private static final String TOKEN = "token-of-many-entries";

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private List<JsonObject> post(String lines) throws Exception {
    int port = webhook.serveHttp(TOKEN);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/audit"))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/x-ndjson")
            .POST(BodyPublishers.ofString(lines))
            .build();
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body().lines().map(JsonObject::new).toList();
  }

  private static String audit(int entries) {
    return LongStream.range(0, entries)
        .mapToObj(number -> KubernetesAudit.entry(number).encode())
        .collect(Collectors.joining("\n"));
  }

  @Test
  void eachIsKeptInTheOrderOfItsLineAndArrivesOnce() throws Exception {
    webhook.deploy(webhook.options().setQueueCapacity(1_000));

    List<JsonObject> answers = post(audit(500));

    for (int n = 0; n < 500; n++) {
      assertThat(answers.get(n))
          .isEqualTo(
              new JsonObject()
                  .put("type", "audit_entry_ok")
                  .put("event_id", n + 1)
                  .put("status", "queued"));
    }
    webhook.awaitSettled(500);
    assertThat(receiver.requests()).hasSize(500);
    for (ScriptedReceiver.Received each : receiver.requests()) {
      assertThat(KubernetesAudit.number(each.json()) + 1)
          .isEqualTo(each.json().getLong("event_id"));
    }
  }

  @Test
  void whatIsNotValidIsRejectedAndKeepsNoneFromBeingTaken() throws Exception {
    webhook.deploy();

    List<JsonObject> answers = post("{\"action\":\"a\"}\n{\"action\":\"\"}\n{\"action\":\"b\"}");

    assertThat(answers)
        .extracting(line -> line.getValue("status"))
        .containsExactly("queued", 400, "queued");
    assertThat(answers.get(1).getString("detail")).startsWith("action: ");
    assertThat(webhook.awaitSettled(2).rejected()).isEqualTo(1);
  }

  @Test
  void thereMayBeRoomForSomeOfThem() throws Exception {
    receiver.usually(silence());
    WebhookOptions options = webhook.options().setQueueCapacity(3);
    options.getStore().setMaxEvents(3);
    webhook.deploy(options);

    List<JsonObject> answers = post(audit(5));

    assertThat(answers)
        .extracting(line -> line.getValue("status"))
        .containsExactly("queued", "queued", "queued", 503, 503);
    assertThat(answers.get(3).getValue("event_id")).isEqualTo(4);
    assertThat(webhook.awaitState(state -> state.pending() == 3).dropped()).isEqualTo(2);
  }
}
