package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.close;
import static dev.auditwebhook.testing.Effect.reset;
import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams of one connection instead of connections. */
@EveryStore
class Http2Test {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private ScriptedReceiver receiver = webhook.receiver();

  private final Set<Long> seen = ConcurrentHashMap.newKeySet();

  private WebhookOptions options() {
    return webhook
        .options()
        .setMaxInFlight(1)
        .setClient(
            new JsonObject().put("protocolVersion", "HTTP_2").put("http2ClearTextUpgrade", false));
  }

  /** One after another, so that each but the first meets a connection that was used before. */
  private WebhookClient.State deliver(int events) {
    webhook.deploy(options().setMaxAttempts(2));
    for (int i = 1; i <= events; i++) {
      webhook.publish(1);
      webhook.awaitSettled(i);
    }
    return webhook.state();
  }

  /** The first request with every second event meets something else than the others. */
  private void everySecondMeets(Effect first) {
    receiver.usually(
        request -> request.eventId() % 2 == 0 && seen.add(request.eventId()) ? first : status(204));
  }

  private List<Integer> ports() {
    return receiver.requests().stream().map(Received::clientPort).toList();
  }

  @Test
  void allEventsShareAConnection() {
    webhook.deploy(options().setMaxInFlight(8));

    webhook.publish(50);

    assertThat(webhook.awaitSettled(50).delivered()).isEqualTo(50);
    assertThat(receiver.requests()).extracting(Received::version).containsOnly(HttpVersion.HTTP_2);
    assertThat(Set.copyOf(ports())).hasSize(1);
  }

  @Test
  void aStreamThatIsResetIsNoConnectionThatWasClosed() {
    receiver.usually(request -> request.eventId() == 2 ? reset(2) : status(204));

    WebhookClient.State state = deliver(3);

    assertThat(state.delivered()).isEqualTo(2);
    assertThat(receiver.eventIds())
        .as("two attempts, two requests")
        .containsExactly(1L, 2L, 2L, 3L);
    assertThat(webhook.deadLetters().get(0).error()).startsWith("request reset");
    assertThat(Set.copyOf(ports())).hasSize(1);
  }

  @Test
  void whatIsSentOnceMoreHasAConnectionOfItsOwn() {
    everySecondMeets(close());

    WebhookClient.State state = deliver(6);

    assertThat(state.delivered()).isEqualTo(6);
    List<Received> again =
        receiver.requests().stream().filter(request -> !seen.add(-request.eventId())).toList();
    assertThat(again).extracting(Received::eventId).containsExactly(2L, 4L, 6L);
    assertThat(again)
        .allSatisfy(request -> assertThat(ports()).containsOnlyOnce(request.clientPort()));
  }

  @Test
  void connectionsThatGoAwayAreNoErrorsInTheLogOfVertx() {
    receiver.usually(
        request ->
            (vertx, sent) -> {
              if (request.eventId() % 50 == 0) {
                sent.connection().shutdown(2, TimeUnit.SECONDS);
              }
              status(204).after(10).play(vertx, sent);
            });
    try (LogLines log = new LogLines("io.vertx", Level.ERROR)) {
      webhook.deploy(options().setMaxInFlight(64).setMaxAttempts(20).setInitialBackoff(1));

      webhook.publish(500);

      webhook.awaitSettled(500);
      assertThat(log.all()).isEmpty();
    }
  }

  @Test
  void nothingIsSentOnceMoreAfterAnInterimAnswer() {
    everySecondMeets(
        (vertx, request) ->
            request
                .response()
                .writeEarlyHints(MultiMap.caseInsensitiveMultiMap())
                .onComplete(sent -> request.connection().close()));
    webhook.deploy(options().setMaxAttempts(1));
    webhook.publish(1);
    webhook.awaitSettled(1);

    webhook.publish(1);

    assertThat(webhook.awaitSettled(2).failed()).isEqualTo(1);
    assertThat(receiver.eventIds()).containsExactly(1L, 2L);
  }

  @Test
  void aTestHasAConnectionOfItsOwnAndLeavesNone() {
    webhook.deploy(options());
    for (int i = 0; i < 3; i++) {
      webhook.request("webhook.test", new JsonObject());
    }
    assertThat(Set.copyOf(ports())).hasSize(3);
  }

  @Test
  void aConnectionOnWhichAnAttemptTookTooLongIsLeft() {
    receiver.usually(request -> request.eventId() == 2 ? silence() : status(204));
    webhook.deploy(options().setMaxAttempts(1).setAttemptTimeout(300));
    webhook.publish(3);

    assertThat(webhook.awaitSettled(3).delivered()).isEqualTo(2);

    assertThat(ports().get(1)).isEqualTo(ports().get(0));
    assertThat(ports().get(2)).isNotEqualTo(ports().get(0));
  }

  @Test
  void whatElseTheLeftConnectionCarriesStillEnds() {
    Promise<Void> left = Promise.promise();
    receiver.usually(
        request -> request.eventId() == 1 ? silence() : status(204).heldBackUntil(left.future()));
    webhook.deploy(options().setMaxInFlight(2).setMaxAttempts(1).setAttemptTimeout(1_000));
    webhook.publish(1);
    receiver.takeRequest();
    webhook.vertx().setTimer(500, id -> webhook.publish(1));

    webhook.awaitState(state -> state.failed() == 1);
    left.complete();

    assertThat(webhook.awaitSettled(2).delivered()).isEqualTo(1);
    assertThat(receiver.eventIds()).containsExactly(1L, 2L);
  }

  @Test
  void attemptsThatEndAsTheyWaitForAStreamTakeNone() {
    receiver.stop();
    receiver =
        ScriptedReceiver.start(
            webhook.elsewhere(),
            new HttpServerOptions()
                .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(2)));
    receiver.usually(silence());
    webhook.deploy(
        options()
            .setUrl(receiver.url())
            .setMaxInFlight(16)
            .setMaxAttempts(2)
            .setAttemptTimeout(300));
    webhook.publish(16);
    webhook.awaitState(state -> state.retried() >= 16);

    receiver.usually(status(204));
    webhook.publish(20);

    assertThat(webhook.awaitState(state -> state.pending() == 0).delivered())
        .isGreaterThanOrEqualTo(20);
  }

  @Test
  void anUndeployDoesNotWaitForConnectionsThatWereLeft() {
    receiver.usually(silence());
    webhook.deploy(options().setMaxInFlight(2).setMaxAttempts(1).setAttemptTimeout(6_000));
    webhook.publish(1);
    receiver.takeRequest();
    webhook.vertx().setTimer(5_000, id -> webhook.publish(1));
    webhook.awaitState(state -> state.failed() == 1);
    long start = System.nanoTime();

    webhook.undeploy();

    assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(4_500);
  }
}
