package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.RawReceiver;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes before or after the answer that was asked for is never another event's answer. */
class UnaskedAnswersTest extends WebhookTest {

  private static final String REFUSAL = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

  private RawReceiver raw;

  /** Answers the attempts one after another, so that each could meet what the last one left. */
  private WebhookClient.State deliver(
      JsonObject client, int events, Function<RawReceiver.Received, String> answers) {
    raw = RawReceiver.start(elsewhere, answers);
    deploy(
        options()
            .setUrl(raw.url())
            .setMaxInFlight(1)
            .setMaxAttempts(5)
            .setInitialBackoff(1)
            .setAttemptTimeout(5_000)
            .setClient(client));
    publish(events);
    return awaitSettled(events);
  }

  /** The first attempt at an event meets something else than the others. */
  private static Function<RawReceiver.Received, String> atFirst(
      Function<Long, String> first, Function<Long, String> then) {
    Set<Long> seen = ConcurrentHashMap.newKeySet();
    return request -> (seen.add(request.eventId()) ? first : then).apply(request.eventId());
  }

  private List<Long> deadLetters() {
    return result(client.deadLetters(100, 0)).stream()
        .map(WebhookClient.DeadLetter::eventId)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {102, 104, 199})
  void anotherInterimAnswerIsARetryAndTheRealOneNobodysElse(int interim) {
    String before = "HTTP/1.1 " + interim + " Wait\r\n\r\n";
    WebhookClient.State state =
        deliver(
            new JsonObject(),
            6,
            atFirst(id -> before + (id % 2 == 0 ? REFUSAL : OK), id -> id % 2 == 0 ? REFUSAL : OK));

    assertThat(deadLetters()).containsExactly(2L, 4L, 6L);
    assertThat(state.delivered()).isEqualTo(3);
  }

  @Test
  void anInterimAnswerLaterThanItsEventIsNobodysElse() {
    WebhookClient.State state =
        deliver(
            new JsonObject(),
            4,
            request -> {
              request.socket().write("HTTP/1.1 102 Processing\r\n\r\n");
              elsewhere.setTimer(30, id -> request.socket().write(REFUSAL));
              return null;
            });

    assertThat(state.failed()).isEqualTo(4);
    assertThat(result(client.deadLetters(100, 0)))
        .allSatisfy(letter -> assertThat(letter.status()).isEqualTo(102));
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
    WebhookClient.State state = deliver(new JsonObject(), 10, request -> answer);

    assertThat(state.delivered()).isEqualTo(10);
    assertThat(state.json().getLong("retried")).as("and costs nobody an attempt").isZero();
    assertThat(raw.requests()).extracting(RawReceiver.Received::nth).containsOnly(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n"})
  void aConnectionWithAnInterimAnswerIsNotUsedAgain(String interim) {
    WebhookClient.State state = deliver(new JsonObject(), 5, request -> interim + OK);

    assertThat(state.delivered()).isEqualTo(5);
    assertThat(raw.requests()).extracting(RawReceiver.Received::nth).containsOnly(1);
  }

  /** The next request could go out before the rest of it comes, which nobody could tell apart. */
  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\ncontent-le", "H", "\r\n", REFUSAL})
  void anIdleConnectionOnWhichBytesComeIsClosed(String bytes) {
    raw =
        RawReceiver.start(
            elsewhere,
            request -> {
              if (request.connection() == 1) {
                elsewhere.setTimer(50, id -> request.socket().write(bytes));
              }
              return RawReceiver.NO_CONTENT;
            });
    deploy(options().setUrl(raw.url()).setMaxInFlight(1));
    publish(1);
    awaitSettled(1);
    await().until(() -> raw.openConnections() == 0);

    publish(1);

    assertThat(awaitSettled(2).delivered()).isEqualTo(2);
    assertThat(raw.connections()).isEqualTo(2);
    assertThat(state().json().getLong("retried")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\ncon", "H", REFUSAL, "no HTTP at all"})
  void whatFollowsAnAnswerThatCameInTwoReadsIsNobodysAnswer(String more) {
    WebhookClient.State state =
        deliver(
            new JsonObject(),
            6,
            request -> {
              elsewhere.setTimer(30, id -> request.socket().write("ngth: 0\r\n\r\n" + more));
              return "HTTP/1.1 200 OK\r\ncontent-le";
            });

    assertThat(state.delivered()).isEqualTo(6);
    assertThat(state.json().getLong("retried")).as("and costs nobody an attempt").isZero();
    assertThat(raw.requests()).extracting(RawReceiver.Received::nth).containsOnly(1);
  }

  @Test
  void aWholeAnswerInSeveralReadsKeepsItsConnection() {
    deliver(
        new JsonObject(),
        5,
        request -> {
          elsewhere.setTimer(
              20,
              id -> {
                request.socket().write("ngth: 4\r\n\r\nf");
                elsewhere.setTimer(20, then -> request.socket().write("ine"));
              });
          return "HTTP/1.1 200 OK\r\ncontent-le";
        });

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
        RawReceiver.start(
            elsewhere,
            request -> {
              if (request.connection() > 1) {
                return RawReceiver.NO_CONTENT;
              }
              elsewhere.setTimer(60, id -> request.socket().write(REFUSAL));
              return request.eventId() == 1 ? answer : null;
            });
    deploy(options().setUrl(raw.url()).setMaxInFlight(1).setMaxAttempts(3));

    publish(2);

    awaitSettled(2);
    assertThat(result(client.deadLetters(100, 0)))
        .extracting(WebhookClient.DeadLetter::status)
        .doesNotContain(400);
    assertThat(raw.requests()).extracting(RawReceiver.Received::nth).containsOnly(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = ThreadingModel.class,
      names = {"EVENT_LOOP", "WORKER"})
  void anAnswerAfterWhichTheConnectionClosesIsReadWhole(ThreadingModel model) {
    String page = "10\r\n0123456789abcdef\r\n".repeat(2_000) + "0\r\n\r\n";
    raw =
        RawReceiver.start(
            elsewhere,
            request ->
                "HTTP/1.1 103 Early Hints\r\n\r\n"
                    + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + page);
    WebhookOptions options = onStore(options().setUrl(raw.url()).setMaxAttempts(1), directory);
    deployment =
        result(
            vertx.deployVerticle(
                new WebhookVerticle(options), new DeploymentOptions().setThreadingModel(model)));

    publish(100);

    assertThat(awaitSettled(100).delivered()).isEqualTo(100);
    assertThat(raw.requests()).hasSize(100);
  }

  @Test
  void aConnectionThatEndsWithItsAnswerMeetsNoFurtherEvent() {
    WebhookClient.State state =
        deliver(
            new JsonObject(),
            20,
            request -> {
              request.socket().end(Buffer.buffer("HTTP/1.1 200 OK\r\n\r\nuntil the end"));
              return null;
            });

    assertThat(state.delivered()).isEqualTo(20);
    assertThat(state.json().getLong("retried")).isZero();
  }

  @Test
  void aWholeAnswerKeepsItsConnection() {
    deliver(new JsonObject(), 10, request -> RawReceiver.NO_CONTENT);

    assertThat(raw.connections()).isEqualTo(1);
  }

  @Test
  void pipelinedAnswersOfOneReadBelongToTheirOwnEvents() {
    Map<Integer, StringBuffer> together = new ConcurrentHashMap<>();
    raw =
        RawReceiver.start(
            elsewhere,
            request -> {
              StringBuffer answers =
                  together.computeIfAbsent(request.connection(), id -> new StringBuffer());
              if (answers.isEmpty()) {
                elsewhere.setTimer(
                    30,
                    id -> {
                      request.socket().write(answers.toString());
                      answers.setLength(0);
                    });
              }
              answers.append(request.eventId() % 3 == 0 ? REFUSAL : OK);
              return null;
            });
    deploy(
        options()
            .setUrl(raw.url())
            .setMaxInFlight(8)
            .setClient(new JsonObject().put("pipelining", true).put("pipeliningLimit", 4)));

    publish(30);

    WebhookClient.State state = awaitSettled(30);
    assertThat(state.delivered()).isEqualTo(20);
    assertThat(deadLetters()).hasSize(10).allMatch(id -> id % 3 == 0);
    assertThat(state.json().getLong("retried")).isZero();
  }

  @Test
  void pipelinedRequestsBehindAnInterimAnswerAreTriedAgain() {
    raw =
        RawReceiver.start(
            elsewhere,
            request ->
                request.connection() == 1
                    ? request.nth() == 1 ? "HTTP/1.1 102 Processing\r\n\r\n" + REFUSAL : null
                    : OK);
    deploy(
        options()
            .setUrl(raw.url())
            .setMaxInFlight(4)
            .setMaxAttempts(5)
            .setClient(new JsonObject().put("pipelining", true).put("pipeliningLimit", 4)));

    publish(4);

    assertThat(awaitSettled(4).delivered()).isEqualTo(4);
  }

  @Test
  void aReceiverThatDeclinesHttp2GetsItsAnswersMatchedToo() {
    WebhookClient.State state =
        deliver(
            new JsonObject().put("protocolVersion", "HTTP_2"),
            8,
            request -> request.eventId() % 2 == 1 ? OK + REFUSAL : OK);

    assertThat(state.delivered()).isEqualTo(8);
  }
}
