package dev.auditwebhook;

import static dev.auditwebhook.testing.ScriptedReceiver.Answer.close;
import static dev.auditwebhook.testing.ScriptedReceiver.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadLetterTest extends WebhookTest {

  private void deployWithDeadLetters(int events) {
    receiver.usually(status(400));
    deploy(options());
    publish(events);
    awaitSettled(events);
    receiver.usually(status(204));
  }

  private List<Long> deadLetterIds() {
    return result(client.deadLetters(100, 0)).stream().map(DeadLetter::eventId).toList();
  }

  @Test
  void someAreRedrivenSomePurgedAndTheRestRedrivenWithTheirMessageIds() {
    deployWithDeadLetters(5);
    List<String> before = messageIds();

    assertThat(result(client.redrive(List.of(4L, 2L, 2L)))).isEqualTo(2);
    awaitState(state -> state.delivered() == 2);
    assertThat(deadLetterIds()).containsExactly(1L, 3L, 5L);
    assertThat(result(client.purge(List.of(3L)))).isEqualTo(1);
    assertThat(result(client.redrive())).isEqualTo(2);

    WebhookClient.State state = awaitSettled(5);
    assertThat(state.delivered()).isEqualTo(4);
    assertThat(state.failed()).isEqualTo(1);
    assertThat(deadLetterIds()).isEmpty();
    assertThat(messageIds().subList(5, 9)).isSubsetOf(before).doesNotHaveDuplicates();
  }

  private List<String> messageIds() {
    return receiver.requests().stream().map(r -> r.headers().get("webhook-id")).toList();
  }

  @Test
  void aReceiverThatEchoesOurHeadersShowsNoCredentials() {
    receiver.usually(
        request -> status(400, Map.of(), "you sent " + request.headers().get("authorization")));
    deploy(options().setHeaders(Map.of("Authorization", "Bearer s3cret-t0ken")));
    publish(1);
    awaitSettled(1);

    assertThat(result(client.deadLetters(1, 0)).get(0).response()).isEqualTo("you sent <redacted>");
  }

  @Test
  void aRedrivenEventHasFreshAttempts() {
    receiver.usually(status(503));
    deploy(options());
    publish(1);
    awaitSettled(1);

    receiver.then(status(503), status(503), status(204));
    result(client.redrive());

    assertThat(awaitSettled(1).delivered()).isEqualTo(1);
  }

  @Test
  void twoRedrivesAtOnceSendNothingTwice() {
    deployWithDeadLetters(20);

    Future<Integer> first = client.redrive();
    Future<Integer> second = client.redrive();

    assertThat(result(first) + result(second)).isEqualTo(20);
    assertThat(awaitSettled(20).delivered()).isEqualTo(20);
    assertThat(receiver.requests()).hasSize(40);
  }

  @Test
  void theSameIdsRedrivenTwiceAtOnceAreKnownOnlyOnce() {
    deployWithDeadLetters(5);

    Future<Integer> first = client.redrive(List.of(2L, 4L));
    Future<Integer> second = client.redrive(List.of(2L, 4L));

    assertThat(result(first)).isEqualTo(2);
    assertThat(refusal(second).failureCode()).isEqualTo(404);
    awaitState(state -> state.delivered() == 2);
    assertThat(deadLetterIds()).containsExactly(1L, 3L, 5L);
    assertThat(receiver.requests()).hasSize(7);
  }

  @Test
  void twoPurgesAtOnceRemoveNothingTwice() {
    deployWithDeadLetters(20);

    Future<Integer> first = client.purgeAll();
    Future<Integer> second = client.purgeAll();

    assertThat(result(first) + result(second)).isEqualTo(20);
    assertThat(deadLetterIds()).isEmpty();
    assertThat(state().failed()).isEqualTo(20);
    assertThat(receiver.requests()).hasSize(20);
  }

  @Test
  void whatIsRedrivenAndPurgedAtOnceGoesOneWayOnly() {
    deployWithDeadLetters(20);

    Future<Integer> redriven = client.redrive();
    Future<Integer> purged = client.purgeAll();

    assertThat(result(redriven) + result(purged)).isEqualTo(20);
    WebhookClient.State state = awaitSettled(20);
    assertThat(state.delivered()).isEqualTo(result(redriven).longValue());
    assertThat(state.failed()).isEqualTo(result(purged).longValue());
    assertThat(deadLetterIds()).isEmpty();
    assertThat(receiver.requests()).hasSize(20 + result(redriven));
  }

  @Test
  void anUnknownIdIs404AndNothingIsDone() {
    deployWithDeadLetters(2);

    assertThat(refusal(client.redrive(List.of(1L, 9L))).failureCode()).isEqualTo(404);
    assertThat(refusal(client.purge(List.of(1L, 9L))).failureCode()).isEqualTo(404);
    assertThat(deadLetterIds()).containsExactly(1L, 2L);
    assertThat(result(client.redrive(List.of()))).isZero();
    assertThat(result(client.purge(List.of()))).isZero();
  }

  @Test
  void redriveGoesAsFarAsThereIsRoom() {
    receiver.usually(status(400));
    deploy(options().setQueueCapacity(3));
    for (int i = 0; i < 5; i++) {
      publish(1);
      awaitSettled(i + 1);
    }
    receiver.usually(status(204));

    assertThat(result(client.redrive())).isEqualTo(3);
    awaitState(state -> state.delivered() == 3);
    assertThat(deadLetterIds()).containsExactly(4L, 5L);
  }

  @Test
  void whileDisabledThereIsNoRedriveButAPurge() {
    deployWithDeadLetters(2);
    result(client.disable());

    assertThat(refusal(client.redrive()).failureCode()).isEqualTo(409);
    assertThat(result(client.purgeAll())).isEqualTo(2);
    assertThat(state().failed()).isEqualTo(2);
  }

  @Test
  void aTestSendsOneEventPastQueueAndCircuitAndCountsNowhere() {
    receiver.usually(status(503));
    deploy(
        options()
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(1).setResetTimeout(60_000)));
    publish(5);
    JsonObject before =
        awaitState(
                state ->
                    state.circuit().equals("open") && state.json().getInteger("in_flight") == 0)
            .json();

    WebhookClient.TestResult result = result(client.test());

    assertThat(result.status()).isEqualTo(503);
    assertThat(state().json()).isEqualTo(before);
    Received test = receiver.requests().get(receiver.requests().size() - 1);
    assertThat(test.eventId()).isZero();
    assertThat(test.json().getString("action")).isEqualTo("webhook.test");
    assertThat(test.headers().get("webhook-id")).startsWith("msg_").doesNotContain(".");
  }

  @Test
  void aTestThatGetsNoAnswerSaysWhy() {
    receiver.usually(close());
    deploy(options());

    assertThat(refusal(client.test()))
        .hasMessage("connection closed")
        .extracting("failureCode")
        .isEqualTo(502);
    result(client.disable());
    assertThat(refusal(client.test()).failureCode()).isEqualTo(409);
  }

  @Test
  void oneTestAtATime() throws Exception {
    CompletableFuture<HttpServerRequest> held = new CompletableFuture<>();
    receiver.then((vertx, request) -> held.complete(request));
    deploy(options());

    Future<WebhookClient.TestResult> first = client.test();
    HttpServerRequest request = held.get(20, TimeUnit.SECONDS);

    assertThat(refusal(client.test()).failureCode()).isEqualTo(409);
    request.response().setStatusCode(204).end();
    assertThat(result(first).status()).isEqualTo(204);
    assertThat(result(client.test()).status()).isEqualTo(204);
  }
}
