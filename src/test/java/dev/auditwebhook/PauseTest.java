package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.silence;
import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A paused webhook accepts and keeps, and sends nothing. */
class PauseTest extends WebhookTest {

  private JsonObject set(String key, Object value) {
    return request("webhook.set", new JsonObject().put(key, value));
  }

  private String ofState(String key) {
    return state().json().getString(key);
  }

  @Test
  void goneKeepsItsEventAndAllThatFollow() {
    receiver.usually(status(410));
    deploy(options().setMaxInFlight(1));
    publish(1);
    awaitState(state -> state.json().getBoolean("paused"));

    publish(5);

    WebhookClient.State state = awaitState(s -> s.received() == 6);
    assertThat(state.pending()).isEqualTo(6);
    assertThat(state.failed() + state.discarded()).isZero();
    assertThat(state.enabled()).isFalse();
    assertThat(state.url()).isEqualTo(receiver.url());
    assertThat(receiver.requests()).hasSize(1);

    receiver.usually(status(204));
    assertThat(set("paused", false).getString("status")).isEqualTo("enabled");

    assertThat(awaitSettled(6).delivered()).isEqualTo(6);
    assertThat(receiver.eventIds().subList(1, 7))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 6).boxed().toList());
    assertThat(receiver.requests().get(1).headers().get("webhook-id"))
        .isEqualTo(receiver.requests().get(0).headers().get("webhook-id"));
    assertThat(ofState("reason")).isNull();
  }

  @Test
  void manyThatMeetGoneAtOnceAreAllKept() {
    receiver.usually(status(410));
    deploy(options().setCircuitBreaker(new CircuitOptions().setMaxFailures(1)).setMaxAttempts(1));

    publish(100);

    WebhookClient.State state =
        awaitState(s -> s.received() == 100 && s.json().getInteger("in_flight") == 0);
    assertThat(state.pending()).isEqualTo(100);
    assertThat(state.circuit()).isEqualTo("closed");
  }

  @Test
  void aNewUrlGoesOn() {
    receiver.usually(status(410));
    deploy(options());
    publish(3);
    awaitState(state -> state.json().getBoolean("paused"));
    ScriptedReceiver other = ScriptedReceiver.start(elsewhere);

    assertThat(set("url", other.url()).getString("status")).isEqualTo("enabled");

    assertThat(awaitSettled(3).delivered()).isEqualTo(3);
    assertThat(state().json().getBoolean("paused")).isFalse();
  }

  @Test
  void anOperatorPausesAndResumes() {
    deploy(options());

    JsonObject paused = set("paused", true);

    assertThat(paused.encode())
        .isEqualTo(
            "{\"type\":\"set_webhook_ok\",\"status\":\"paused\",\"url\":\""
                + receiver.url()
                + "\"}");
    assertThat(ofState("reason")).isEqualTo("paused by request");
    assertThat(request("webhook.health", new JsonObject()).encode())
        .isEqualTo("{\"healthy\":false,\"reasons\":[\"paused\"]}");
    assertThat(request("webhook.ready", new JsonObject()).getBoolean("ready")).isTrue();
    publish(3);
    awaitState(state -> state.pending() == 3);
    assertThat(result(client.test()).status()).as("a test goes past it").isEqualTo(204);
    assertThat(receiver.requests()).hasSize(1);

    set("paused", false);
    assertThat(awaitSettled(3).delivered()).isEqualTo(3);
  }

  @Test
  void aPauseOutlivesARedeploy() {
    deploy(options().setDrainTimeout(20_000));
    set("paused", true);
    publish(2);
    awaitState(state -> state.pending() == 2);
    long start = System.nanoTime();
    undeploy();
    assertThat((System.nanoTime() - start) / 1_000_000).as("nothing drains").isLessThan(10_000);

    deploy(options());

    assertThat(state().json().getBoolean("paused")).isTrue();
    assertThat(state().pending()).isEqualTo(2);
    set("paused", false);
    assertThat(awaitSettled(2).delivered()).isEqualTo(2);
  }

  @Test
  void whatIsInBackoffWaitsForTheEndOfThePauseToo() {
    receiver.then(status(503));
    deploy(options().setInitialBackoff(50));
    publish(1);
    awaitState(state -> state.json().getLong("retried") == 1);

    set("paused", true);
    result(client.test());
    result(client.test());
    int before = receiver.requests().size();
    set("paused", false);

    assertThat(awaitSettled(1).delivered()).isEqualTo(1);
    assertThat(before).isLessThanOrEqualTo(4);
  }

  @Test
  void thereIsNothingToPauseWithoutAUrl() {
    deploy(options().setUrl(""));

    assertThat(
            refusal(vertx.eventBus().request("webhook.set", new JsonObject().put("paused", true))))
        .hasMessage("paused: there is nothing to pause without a URL; set one first")
        .extracting("failureCode")
        .isEqualTo(409);
    assertThat(
            refusal(
                    vertx
                        .eventBus()
                        .request(
                            "webhook.set",
                            new JsonObject().put("url", receiver.url()).putNull("paused")))
                .failureCode())
        .isEqualTo(400);
    assertThat(state().url()).isEmpty();
    assertThat(set("paused", false).getString("status")).isEqualTo("disabled");
  }

  @Test
  void disablingEndsAPause() {
    deploy(options());
    set("paused", true);

    assertThat(set("url", "").getString("status")).isEqualTo("disabled");
    await().until(() -> ofState("reason") == null);
    assertThat(set("url", receiver.url()).getString("status")).isEqualTo("enabled");
    publish(1);
    assertThat(awaitSettled(1).delivered()).isEqualTo(1);
  }

  @Test
  void aProbeThatMeetsGoneLeavesTheCircuitToTheNextProbe() {
    receiver.usually(status(503));
    deploy(
        options()
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(2).setResetTimeout(50))
            .setInitialBackoff(1));
    publish(5);
    awaitState(state -> state.circuit().equals("open"));
    receiver.usually(status(410));
    awaitState(state -> state.json().getBoolean("paused"));
    receiver.usually(status(204));

    set("paused", false);

    assertThat(awaitSettled(5).delivered()).isEqualTo(5);
    assertThat(state().circuit()).isEqualTo("closed");
  }

  @Test
  void aGoneAfterAnOperatorsPauseKeepsTheReasonOfThatPause() {
    Promise<Void> paused = Promise.promise();
    receiver.usually(status(410).once(paused.future()));
    deploy(options());
    publish(3);
    await().until(() -> receiver.requests().size() == 3);

    set("paused", true);
    paused.complete();
    awaitState(state -> state.json().getInteger("in_flight") == 0);

    assertThat(ofState("reason")).isEqualTo("paused by request");
    assertThat(state().pending()).isEqualTo(3);
  }

  @Test
  void whatIsSetWhileADisableDrainsSendsNothingThatWasPaused() {
    receiver.usually(silence());
    deploy(options().setMaxInFlight(1).setDrainTimeout(60_000).setAttemptTimeout(60_000));
    publish(3);
    await().until(() -> receiver.requests().size() == 1);
    set("paused", true);

    set("url", "");
    set("paused", false);
    result(client.setInitialBackoff(5));

    assertThat(state().pending()).isEqualTo(3);
    assertThat(receiver.requests()).hasSize(1);
    result(client.setUrl(receiver.url("/other")));
    await().until(() -> state().enabled());
    receiver.stop();
  }
}
