package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.HttpOptions;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxImpl;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Field;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HealthRoutesTest {

  private Vertx vertx;
  private Api nobody;

  @BeforeEach
  void serve() {
    vertx = Vertx.vertx();
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(Api.ADMIN);
    nobody = new Api(HttpService.start(vertx, options).await().port(), null);
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** One question of the two that the webhook answers. */
  private record Question(String route, String address, String verdict) {

    private static Question of(String name) {
      return name.equals("ready")
          ? new Question("/health/ready", "webhook.ready", "ready")
          : new Question("/health/delivery", "webhook.health", "healthy");
    }

    private JsonObject reply(Object verdict, Object... reasons) {
      return new JsonObject().put(this.verdict, verdict).put("reasons", JsonArray.of(reasons));
    }
  }

  @Test
  void liveWhileTheProcessLives() {
    assertThat(nobody.call("GET", "/health/live").body()).isEqualTo("{\"live\":true}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ready", "delivery"})
  void goodWhenTheWebhookSaysSo(String name) {
    Question question = Question.of(name);
    new BusWebhook(vertx).replies(question.address(), question.reply(true));
    HttpResponse<String> response = nobody.call("GET", question.route());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("{\"" + question.verdict() + "\":true,\"reasons\":[]}");
  }

  @Test
  void anOutageIsNoReasonNotToBeReady() {
    Question ready = Question.of("ready");
    Question delivery = Question.of("delivery");
    new BusWebhook(vertx)
        .replies(ready.address(), ready.reply(true))
        .replies(delivery.address(), delivery.reply(false, "circuit_open"));
    assertThat(nobody.call("GET", ready.route()).statusCode()).isEqualTo(200);
    assertThat(assertBad(delivery).getJsonArray("reasons")).isEqualTo(JsonArray.of("circuit_open"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ready", "delivery"})
  void badForTheWebhooksReasons(String name) {
    Question question = Question.of(name);
    new BusWebhook(vertx)
        .replies(
            question.address(),
            question.reply(
                false,
                "circuit_open since 2026-01-01T00:00:00.123Z",
                "nearly_full 950 of 1024",
                "store_fault"));
    JsonObject problem = assertBad(question);
    assertThat(problem.getString("detail"))
        .isEqualTo(
            "circuit_open since 2026-01-01T00:00:00.123Z; nearly_full 950 of 1024; store_fault");
    assertThat(problem.getJsonArray("reasons"))
        .isEqualTo(
            JsonArray.of(
                "circuit_open since 2026-01-01T00:00:00.123Z",
                "nearly_full 950 of 1024",
                "store_fault"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "circuit_open siem",
        "circuit_open siem since 2026-01-01T00:00:00.123Z",
        "nearly_full siem 950 of 1024",
        "nearly_full 950 of 1024",
        "paused archive",
        "disabled archive",
        "no_node archive",
        "no_node",
        "disabled a",
        "paused 0-9--z",
        "paused abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-012345678",
        "store_fault",
        "store_set_aside since 2026-01-01T00:00:00Z"
      })
  void anEndpointIsNamedByItsId(String reason) {
    for (Question question : new Question[] {Question.of("ready"), Question.of("delivery")}) {
      new BusWebhook(vertx).replies(question.address(), question.reply(false, "paused", reason));
      JsonObject problem = assertBad(question);
      assertThat(problem.getJsonArray("reasons")).isEqualTo(JsonArray.of("paused", reason));
      assertThat(problem.getString("detail")).isEqualTo("paused; " + reason);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "paused SIEM                                 | [\"paused\"]",
        "paused -siem                                | [\"paused\"]",
        "paused siem_2                               | [\"paused\"]",
        "paused siem.example                         | [\"paused\"]",
        "paused siem:8443                            | [\"paused\"]",
        "paused siem siem                            | [\"paused\"]",
        "paused siem 410 gone                        | [\"paused\"]",
        "paused siem  410                            | [\"paused\"]",
        "paused 950 siem                             | [\"paused\"]",
        "paused abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-0123456789 | [\"paused\"]",
        "nearly_full siem 950 of 1024 of siem        | [\"nearly_full\"]",
        "store_fault siem                            | [\"store_fault\"]",
        "store_set_aside siem 5                      | [\"store_set_aside\"]",
        "siem paused                                 | []",
        "circuit_open: 503 from https://siem.example | []",
        "circuit_open 503 from https://siem.example  | [\"circuit_open\"]",
        "circuit_open 10.0.0.1                       | [\"circuit_open\"]",
        "store_fault /var/lib/audit is full          | [\"store_fault\"]",
        "paused 410 Gone from https://siem.example   | [\"paused\"]",
        "disabled                                    | [\"disabled\"]",
        "store_set_aside                             | [\"store_set_aside\"]",
        "circuit_opened                              | []",
        "nearly_full 10 of 10 of secret              | [\"nearly_full\"]",
        "No name matching siem.example found         | []"
      })
  void noTextOfAReceiverAndNoHostIsShown(String reason, String shown) {
    for (Question question : new Question[] {Question.of("ready"), Question.of("delivery")}) {
      new BusWebhook(vertx).replies(question.address(), question.reply(false, reason));
      JsonObject problem = assertBad(question);
      assertThat(problem.getJsonArray("reasons")).isEqualTo(new JsonArray(shown));
      assertThat(problem.encode()).doesNotContain("siem", "10.0.0.1", "/var", "secret");
    }
  }

  @Test
  void aReasonOfSeveralLinesIsCutToItsWord() {
    Question question = Question.of("delivery");
    new BusWebhook(vertx)
        .replies(question.address(), question.reply(false, "circuit_open 5\nhunter2", "paused\n5"));
    assertThat(assertBad(question).getJsonArray("reasons")).isEqualTo(JsonArray.of("circuit_open"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ready", "delivery"})
  void badWithoutAWebhook(String name) {
    assertThat(assertBad(Question.of(name)).getJsonArray("reasons"))
        .isEqualTo(JsonArray.of("not_deployed"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ready", "delivery"})
  void badWhenTheWebhookDoesNotAnswer(String name) {
    Question question = Question.of(name);
    BusWebhook silent = new BusWebhook(vertx).handles(question.address(), message -> {});
    assertThat(assertBad(question).getJsonArray("reasons")).isEqualTo(JsonArray.of("no_answer"));
    assertThat(silent.asked(question.address())).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"ready,-1", "ready,500", "ready,409", "delivery,-1", "delivery,500"})
  void badWhenTheWebhookFailsAndItsTextStaysInside(String name, int code) {
    Question question = Question.of(name);
    BusWebhook failing = new BusWebhook(vertx).fails(question.address(), code, "hunter2");
    JsonObject problem = assertBad(question);
    assertThat(problem.getJsonArray("reasons")).isEqualTo(JsonArray.of("fault"));
    assertThat(problem.encode()).doesNotContain("hunter2");
    assertThat(failing.asked(question.address())).hasSize(1);
  }

  @Test
  void badWhenTheReplyHasAnotherShape() {
    for (Question question : new Question[] {Question.of("ready"), Question.of("delivery")}) {
      new BusWebhook(vertx).replies(question.address(), question.reply("yes", 1, null));
      assertThat(assertBad(question).getJsonArray("reasons")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ready", "delivery"})
  void anAnsweredQuestionLeavesNoTimer(String name) {
    Question question = Question.of(name);
    new BusWebhook(vertx).replies(question.address(), question.reply(true));
    for (int i = 0; i < 100; i++) {
      assertThat(nobody.call("GET", question.route()).statusCode()).isEqualTo(200);
    }
    await().atMost(Duration.ofSeconds(5)).until(() -> timers() < 50);
  }

  /** How many timers Vert.x keeps, which it tells nobody. */
  private int timers() throws ReflectiveOperationException {
    Field timers = VertxImpl.class.getDeclaredField("timeouts");
    timers.setAccessible(true);
    return ((Map<?, ?>) timers.get(vertx)).size();
  }

  private JsonObject assertBad(Question question) {
    JsonObject problem = WebhookRoutesTest.assertProblem(nobody.call("GET", question.route()), 503);
    assertThat(problem.getBoolean(question.verdict())).isFalse();
    return problem;
  }
}
