package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.metrics.Scrape;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.Samples;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import dev.auditwebhook.testing.Webhooks;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every change that was made says who made it, and nothing that is secret. */
@EveryStore
class TrailTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();
  private final ScriptedReceiver other = webhook.anotherReceiver();
  private LogLines log;

  @BeforeEach
  void listen() {
    log = new LogLines();
  }

  @AfterEach
  void stopListening() {
    log.close();
  }

  private static String origin(ScriptedReceiver of) {
    return of.url().replace("/in", "");
  }

  private static DeliveryOptions from(String principal, String peer) {
    return new DeliveryOptions()
        .addHeader(WebhookAddresses.PRINCIPAL, principal)
        .addHeader(WebhookAddresses.PEER, peer);
  }

  private void change(String what, JsonObject request) {
    result(webhook.vertx().eventBus().request("webhook." + what, request, from("ops", "10.0.0.5")));
  }

  private List<String> trail() {
    return log.all().stream().filter(line -> line.contains("Trail: ")).toList();
  }

  private static JsonObject json(String text) {
    return new JsonObject(text);
  }

  @Test
  void everyChangeIsOneLineOfTheLog() {
    receiver.usually(status(400));
    webhook.deploy();
    webhook.publish(3);
    webhook.awaitState(state -> state.failed() == 3);
    receiver.usually(status(204));

    change("set", json("{\"paused\":true}"));
    change("set", json("{\"paused\":false}"));
    change("dlq.redrive", json("{\"event_ids\":[1,2]}"));
    change("dlq.purge", json("{}"));
    change(
        "set",
        json("{\"initial_backoff\":30,\"paused\":true}")
            .put("url", other.url("/hook/T0KEN?key=S3CRET"))
            .put("secret", SECRET));
    change(
        "endpoint.put",
        json("{\"endpoint\":\"siem\"}")
            .put("config", json("{\"maxAttempts\":5}").put("url", receiver.url())));
    change("endpoint.remove", json("{\"endpoint\":\"siem\"}"));

    String by = " by ops from 10.0.0.5: endpoint ";
    assertThat(trail())
        .containsExactly(
            "INFO Trail: pause" + by + "default, paused false -> true",
            "INFO Trail: resume" + by + "default, paused true -> false",
            "INFO Trail: redrive" + by + "default, redriven 2",
            "INFO Trail: purge" + by + "default, purged 1",
            "INFO Trail: set"
                + by
                + "default, url "
                + origin(receiver)
                + " -> "
                + origin(other)
                + ", secrets changed, initialBackoff 20 -> 30, paused false -> true",
            "INFO Trail: put"
                + by
                + "siem, url none -> "
                + origin(receiver)
                + ", maxAttempts 3 -> 5, created true",
            "INFO Trail: remove" + by + "siem, url " + origin(receiver) + " -> none, abandoned 0");
    assertThat(log.all()).noneMatch(line -> line.matches(".*(T0KEN|S3CRET|MfKQ9r8G).*"));
  }

  @Test
  void whoeverIsOnTheBusAndGivesNoNameIsTheBus() {
    webhook.deploy();
    result(webhook.client().pause());
    assertThat(trail())
        .containsExactly("INFO Trail: pause by bus: endpoint default, paused false -> true");
  }

  @Test
  void aNameIsInOneLineWhateverIsInIt() {
    webhook.deploy();
    result(
        webhook
            .vertx()
            .eventBus()
            .request(
                "webhook.set",
                json("{\"paused\":true}"),
                from("ops\nINFO Trail: set by admin", "\u001b[2J10.0.0.5")));
    assertThat(trail())
        .singleElement()
        .isEqualTo(
            "INFO Trail: pause by opsINFO Trail: set by admin from [2J10.0.0.5: endpoint default,"
                + " paused false -> true");
  }

  @Test
  void whatIsRefusedOrChangesNothingLeavesNoTrace() {
    webhook.deploy(webhook.options().setAdminEvents(true));
    webhook.refusal("webhook.set", json("{\"url\":\"ftp://a.example\"}"));
    webhook.refusal("webhook.dlq.redrive", json("{\"event_ids\":[1]}"));
    webhook.refusal("webhook.dlq.purge", json("{\"event_ids\":[1]}"));
    webhook.refusal("webhook.endpoint.remove", json("{\"endpoint\":\"default\"}"));
    webhook.refusal("webhook.endpoint.remove", json("{\"endpoint\":\"siem\"}"));
    webhook.refusal("webhook.endpoint.put", json("{\"endpoint\":\"siem\",\"config\":{\"a\":1}}"));
    webhook.request("webhook.get", new JsonObject());
    result(webhook.client().test());

    assertThat(trail()).isEmpty();
    assertThat(webhook.state().received()).isZero();
    assertThat(samples().names()).doesNotContain("webhook_changes_total");
  }

  private Samples samples() {
    return new Samples(result(Scrape.of(webhook.vertx())));
  }

  @Test
  void changesAreCountedByWhatAndByWhom() {
    webhook.deploy();
    change("set", json("{\"paused\":true}"));
    change("set", json("{\"paused\":false}"));
    change("set", json("{\"paused\":true}"));
    result(webhook.client().resume());

    Samples samples = samples();
    assertThat(samples.ofWebhook("webhook_changes_total", "what", "pause", "principal", "ops"))
        .isEqualTo(2);
    assertThat(samples.ofWebhook("webhook_changes_total", "what", "resume", "principal", "ops"))
        .isEqualTo(1);
    assertThat(samples.ofWebhook("webhook_changes_total", "what", "resume", "principal", "bus"))
        .isEqualTo(1);
  }

  @Test
  void aHundredNamesAreCountedAndTheRestTogether() {
    webhook.deploy();
    for (int i = 1; i <= 103; i++) {
      result(
          webhook
              .vertx()
              .eventBus()
              .request("webhook.set", json("{\"paused\":true}"), from("t" + i, "10.0.0.5")));
    }
    Samples samples = samples();
    assertThat(samples.ofWebhook("webhook_changes_total", "what", "pause", "principal", "t100"))
        .isEqualTo(1);
    assertThat(samples.ofWebhook("webhook_changes_total", "what", "pause", "principal", "other"))
        .isEqualTo(3);
    assertThat(trail()).hasSize(103).last().asString().contains(" by t103 from ");
  }

  @Nested
  class AdminEvents {

    private WebhookOptions options() {
      return webhook.options().setAdminEvents(true);
    }

    private JsonObject lastEntry() {
      return receiver.requests().get(receiver.requests().size() - 1).json();
    }

    @Test
    void areOffUnlessAskedFor() {
      webhook.deploy();
      change("set", json("{\"initial_backoff\":30}"));
      assertThat(webhook.state().received()).isZero();
      assertThat(new WebhookOptions().isAdminEvents()).isFalse();
    }

    @Test
    void areEntriesThatAreDeliveredAsAllOthersAre() {
      webhook.deploy(options());
      change("set", json("{\"initial_backoff\":30}").put("secret", SECRET));
      webhook.awaitSettled(1);

      assertThat(lastEntry().getString("action")).isEqualTo("webhook.admin.set");
      assertThat(lastEntry().getJsonObject("details"))
          .isEqualTo(
              new JsonObject()
                  .put("endpoint", "default")
                  .put("principal", "ops")
                  .put("peer", "10.0.0.5")
                  .put("changed", new JsonArray(List.of("secrets", "initialBackoff")))
                  .put("from", origin(receiver))
                  .put("to", origin(receiver)));
      assertThat(trail()).hasSize(1);
    }

    @Test
    void goWhereTheWebhookSendsFromThenOn() {
      webhook.deploy(options());
      change("set", new JsonObject().put("url", other.url()));
      webhook.awaitSettled(1);
      assertThat(receiver.requests()).isEmpty();
      JsonObject details = other.takeRequest().json().getJsonObject("details");
      assertThat(details.getString("from")).isEqualTo(origin(receiver));
      assertThat(details.getString("to")).isEqualTo(origin(other));
    }

    @Test
    void tellOthersOfAnEndpointThatIsRemoved() {
      webhook.deploy(options().putEndpoint("siem", webhook.endpoint(other)));
      change("endpoint.remove", json("{\"endpoint\":\"siem\"}"));
      webhook.awaitSettled(1);
      assertThat(lastEntry().getString("action")).isEqualTo("webhook.admin.remove");
      assertThat(lastEntry().getJsonObject("details").getInteger("abandoned")).isZero();
      assertThat(other.requests()).isEmpty();
    }

    @Test
    void mayBeLongerThanTheEntriesOfOthers() {
      webhook.deploy(options().setMaxEntryBytes(64));
      change("set", json("{\"initial_backoff\":30}"));
      webhook.awaitSettled(1);
      assertThat(lastEntry().getString("action")).isEqualTo("webhook.admin.set");
    }

    @Test
    void cannotBeForged() {
      webhook.deploy(options());
      JsonObject forged =
          json("{\"action\":\"webhook.admin.set\",\"details\":{\"principal\":\"ops\"}}");
      assertThat(webhook.refusal("audit.entry", forged))
          .hasMessage("action: webhook.admin.* is kept for the webhook's own entries");
      webhook.vertx().eventBus().publish("audit.entry", forged);
      webhook.awaitState(state -> state.rejected() == 2);
      assertThat(webhook.state().received()).isZero();
      webhook.publish("webhook.administrator", null);
      webhook.awaitSettled(1);
    }
  }

  @Test
  void anOwnMessageThatComesBackIsRefused() {
    webhook.deploy();
    webhook.publish(1);
    webhook.awaitSettled(1);
    String own = receiver.takeRequest().messageId();
    JsonObject entry = json("{\"action\":\"user.login\"}");

    var refusal =
        Webhooks.refusal(webhook.vertx().eventBus().request("audit.entry", entry, header(own)));
    assertThat(refusal.failureCode()).isEqualTo(508);
    assertThat(refusal).hasMessageContaining("loop guard").hasMessageNotContaining("\n");
    webhook
        .vertx()
        .eventBus()
        .publish("audit.entry", entry, header(own.replaceFirst("_1$", "_77")));
    webhook
        .vertx()
        .eventBus()
        .publish(
            "audit.entry", entry, header("msg_other").addHeader(WebhookAddresses.MESSAGE_ID, own));
    webhook.vertx().eventBus().publish("audit.entry", entry, header("msg_other, " + own));
    webhook.awaitState(state -> state.rejected() == 4);

    result(
        webhook
            .vertx()
            .eventBus()
            .request("audit.entry", entry, header("msg_p5jXN8AQM9LWM0D4loKWxJek")));
    assertThat(webhook.awaitSettled(2).rejected()).isEqualTo(4);
    assertThat(log.all()).anyMatch(line -> line.startsWith("WARN Entry rejected: the entry came"));
  }

  private static DeliveryOptions header(String messageId) {
    return new DeliveryOptions().addHeader(WebhookAddresses.MESSAGE_ID, messageId);
  }
}
