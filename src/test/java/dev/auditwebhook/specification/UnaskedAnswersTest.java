package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.RawEffect.bytes;
import static dev.auditwebhook.testing.RawEffect.bytesAndClose;
import static dev.auditwebhook.testing.RawEffect.noContent;
import static dev.auditwebhook.testing.RawEffect.silence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.RawEffect;
import dev.auditwebhook.testing.RawReceiver;
import dev.auditwebhook.testing.RawReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes before or after the answer that was asked for is never another event's answer. */
@EveryStore
class UnaskedAnswersTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();

  private static final String REFUSAL = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

  private RawReceiver raw;
  private JsonObject client = new JsonObject();

  /** Answers the attempts one after another, so that each could meet what the last one left. */
  private WebhookClient.State deliver(int events, Function<Received, RawEffect> effects) {
    raw = webhook.rawReceiver(effects);
    webhook.deploy(
        webhook
            .options()
            .setUrl(raw.url())
            .setMaxInFlight(1)
            .setMaxAttempts(5)
            .setInitialBackoff(1)
            .setAttemptTimeout(5_000)
            .setClient(client));
    webhook.publish(events);
    return webhook.awaitSettled(events);
  }

  private WebhookOptions pipelining(int maxInFlight) {
    return webhook
        .options()
        .setUrl(raw.url())
        .setMaxInFlight(maxInFlight)
        .setClient(new JsonObject().put("pipelining", true).put("pipeliningLimit", 4));
  }

  private List<Long> deadLetters() {
    return webhook.deadLetters().stream().map(DeadLetter::eventId).toList();
  }

  private void assertThatNoConnectionWasUsedAgain() {
    assertThat(raw.requests()).extracting(Received::nth).containsOnly(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {102, 104, 199})
  void anotherInterimAnswerIsARetryAndTheRealOneNobodysElse(int interim) {
    Set<Long> seen = ConcurrentHashMap.newKeySet();

    WebhookClient.State state =
        deliver(
            6,
            request -> {
              String before =
                  seen.add(request.eventId()) ? "HTTP/1.1 " + interim + " Wait\r\n\r\n" : "";
              return bytes(before + (request.eventId() % 2 == 0 ? REFUSAL : OK));
            });

    assertThat(deadLetters()).containsExactly(2L, 4L, 6L);
    assertThat(state.delivered()).isEqualTo(3);
  }

  @Test
  void anInterimAnswerLaterThanItsEventIsNobodysElse() {
    RawEffect late = bytes("HTTP/1.1 102 Processing\r\n\r\n").then(bytes(REFUSAL).after(30));

    assertThat(deliver(4, request -> late).failed()).isEqualTo(4);

    assertThat(webhook.deadLetters()).extracting(DeadLetter::status).containsOnly(102);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 204 No Content\r\n\r\n" + REFUSAL,
        "HTTP/1.1 204 No Content\r\n\r\n" + "no content at all",
        "HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok" + REFUSAL,
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok, and more than that",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" + REFUSAL
      })
  void whatFollowsAnAnswerIsNobodysAnswer(String answer) {
    WebhookClient.State state = deliver(10, request -> bytes(answer));

    assertThat(state.delivered()).isEqualTo(10);
    assertThat(state.retried()).as("and costs nobody an attempt").isZero();
    assertThatNoConnectionWasUsedAgain();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\ncon", "H", REFUSAL, "no HTTP at all"})
  void whatFollowsAnAnswerThatCameInTwoReadsIsNobodysAnswer(String more) {
    RawEffect twoReads =
        bytes("HTTP/1.1 200 OK\r\ncontent-le").then(bytes("ngth: 0\r\n\r\n" + more).after(30));

    WebhookClient.State state = deliver(6, request -> twoReads);

    assertThat(state.delivered()).isEqualTo(6);
    assertThat(state.retried()).as("and costs nobody an attempt").isZero();
    assertThatNoConnectionWasUsedAgain();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n"})
  void aConnectionWithAnInterimAnswerIsNotUsedAgain(String interim) {
    assertThat(deliver(5, request -> bytes(interim + OK)).delivered()).isEqualTo(5);

    assertThatNoConnectionWasUsedAgain();
  }

  /** The next request could go out before the rest of it comes, which nobody could tell apart. */
  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\ncontent-le", "H", "\r\n", REFUSAL})
  void anIdleConnectionOnWhichBytesComeIsClosed(String bytes) {
    RawEffect andMore = noContent().then(bytes(bytes).after(50));
    raw = webhook.rawReceiver(request -> request.connection() == 1 ? andMore : noContent());
    webhook.deploy(webhook.options().setUrl(raw.url()).setMaxInFlight(1));
    webhook.publish(1);
    webhook.awaitSettled(1);
    await().until(() -> raw.openConnections() == 0);

    webhook.publish(1);

    assertThat(webhook.awaitSettled(2).delivered()).isEqualTo(2);
    assertThat(raw.connections()).isEqualTo(2);
    assertThat(webhook.state().retried()).isZero();
  }

  @Test
  void aWholeAnswerKeepsItsConnection() {
    deliver(10, request -> noContent());

    assertThat(raw.connections()).isEqualTo(1);
  }

  @Test
  void aWholeAnswerInSeveralReadsKeepsItsConnection() {
    RawEffect threeReads =
        bytes("HTTP/1.1 200 OK\r\ncontent-le")
            .then(bytes("ngth: 4\r\n\r\nf").then(bytes("ine").after(20)).after(20));

    deliver(5, request -> threeReads);

    assertThat(raw.connections()).isEqualTo(1);
  }

  /** Their bodies are announced and come, late, though neither status has one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 304 Not Modified\r\ncontent-length: 40\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 204 No Content\r\ncontent-length: 40\r\n\r\n"
      })
  void aBodyThatIsAnnouncedForNoneIsNobodysAnswer(String answer) {
    raw =
        webhook.rawReceiver(
            request ->
                request.connection() > 1
                    ? noContent()
                    : (request.eventId() == 1 ? bytes(answer) : silence())
                        .then(bytes(REFUSAL).after(60)));
    webhook.deploy(webhook.options().setUrl(raw.url()).setMaxInFlight(1).setMaxAttempts(3));

    webhook.publish(2);

    webhook.awaitSettled(2);
    assertThat(webhook.deadLetters()).extracting(DeadLetter::status).doesNotContain(400);
    assertThatNoConnectionWasUsedAgain();
  }

  @ParameterizedTest
  @EnumSource(
      value = ThreadingModel.class,
      names = {"EVENT_LOOP", "WORKER"})
  void anAnswerAfterWhichTheConnectionClosesIsReadWhole(ThreadingModel model) {
    String page =
        "HTTP/1.1 103 Early Hints\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "10\r\n0123456789abcdef\r\n".repeat(2_000)
            + "0\r\n\r\n";
    raw = webhook.rawReceiver(request -> bytes(page));
    webhook.deploy(
        webhook.verticle(webhook.options().setUrl(raw.url()).setMaxAttempts(1)),
        new DeploymentOptions().setThreadingModel(model));

    webhook.publish(100);

    assertThat(webhook.awaitSettled(100).delivered()).isEqualTo(100);
    assertThat(raw.requests()).hasSize(100);
  }

  @Test
  void aConnectionThatEndsWithItsAnswerMeetsNoFurtherEvent() {
    WebhookClient.State state =
        deliver(20, request -> bytesAndClose("HTTP/1.1 200 OK\r\n\r\nuntil the end"));

    assertThat(state.delivered()).isEqualTo(20);
    assertThat(state.retried()).isZero();
  }

  @Test
  void pipelinedAnswersOfOneReadBelongToTheirOwnEvents() {
    Map<Integer, StringBuffer> together = new ConcurrentHashMap<>();
    raw =
        webhook.rawReceiver(
            request -> {
              StringBuffer answers =
                  together.computeIfAbsent(request.connection(), id -> new StringBuffer());
              boolean first = answers.isEmpty();
              answers.append(request.eventId() % 3 == 0 ? REFUSAL : OK);
              RawEffect all =
                  socket -> {
                    socket.write(answers.toString());
                    answers.setLength(0);
                  };
              return first ? all.after(30) : silence();
            });
    webhook.deploy(pipelining(8));

    webhook.publish(30);

    WebhookClient.State state = webhook.awaitSettled(30);
    assertThat(state.delivered()).isEqualTo(20);
    assertThat(deadLetters()).hasSize(10).allMatch(id -> id % 3 == 0);
    assertThat(state.retried()).isZero();
  }

  @Test
  void pipelinedRequestsBehindAnInterimAnswerAreTriedAgain() {
    RawEffect interim = bytes("HTTP/1.1 102 Processing\r\n\r\n" + REFUSAL);
    raw =
        webhook.rawReceiver(
            request ->
                request.connection() > 1 ? bytes(OK) : request.nth() == 1 ? interim : silence());
    webhook.deploy(pipelining(4).setMaxAttempts(5));

    webhook.publish(4);

    assertThat(webhook.awaitSettled(4).delivered()).isEqualTo(4);
  }

  @Test
  void aReceiverThatDeclinesHttp2GetsItsAnswersMatchedToo() {
    client = new JsonObject().put("protocolVersion", "HTTP_2");

    WebhookClient.State state =
        deliver(8, request -> bytes(request.eventId() % 2 == 1 ? OK + REFUSAL : OK));

    assertThat(state.delivered()).isEqualTo(8);
  }
}
