package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.close;
import static dev.auditwebhook.testing.Effect.closeHalfway;
import static dev.auditwebhook.testing.Effect.drip;
import static dev.auditwebhook.testing.Effect.flood;
import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.stall;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.batches;
import static dev.auditwebhook.testing.Webhooks.circuit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What follows from what a receiver does: the specification of delivery in one table.
 *
 * <p>The receiver does the same at each attempt, of which there are three at most. <i>circuit</i>
 * is its state after one attempt when one failure opens it. <i>connection</i> says whether the next
 * request comes over the same one.
 */
@EveryStore
class FaultMatrixTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private record Row(
      String behaviour,
      Effect answer,
      String outcome,
      int attempts,
      String circuit,
      String connection,
      String error) {
    @Override
    public String toString() {
      return behaviour;
    }
  }

  private int batch = 1;

  private WebhookOptions options() {
    return batches(webhook.options(), batch, 1).setAttemptTimeout(400);
  }

  static Stream<Row> matrix() {
    Map<String, String> elsewhere = Map.of("location", "/elsewhere");
    String large = "x".repeat(2 << 20);
    // spotless:off
    return Stream.of(
        //      what the receiver does            its answer                                          outcome      n  circuit   connection  error
        new Row("200",                             status(200, Map.of(), "ok"),                                       "delivered", 1, "closed", "kept",   null),
        new Row("202",                             status(202),                                                       "delivered", 1, "closed", "kept",   null),
        new Row("204",                             status(204),                                                       "delivered", 1, "closed", "kept",   null),
        new Row("200 and closes",                  status(200, Map.of("connection", "close"), ""),                    "delivered", 1, "closed", "closed", null),
        new Row("200 with 2 MiB",                  status(200, Map.of(), large),                                      "delivered", 1, "closed", "closed", null),
        new Row("200, flooding without end",       flood(200),                                                        "delivered", 1, "closed", "closed", null),
        new Row("503, flooding without end",       flood(503),                                                        "failed",    3, "open",   "closed", "503"),
        new Row("400 with 2 MiB",                  status(400, Map.of(), large),                                      "failed",    1, "closed", "closed", "400"),
        new Row("301",                             status(301, elsewhere, ""),                                        "failed",    1, "open",   "kept",   "301"),
        new Row("303",                             status(303, elsewhere, ""),                                        "failed",    1, "open",   "kept",   "303"),
        new Row("304",                             status(304),                                                       "failed",    1, "open",   "kept",   "304"),
        new Row("307",                             status(307, elsewhere, ""),                                        "failed",    1, "open",   "kept",   "307"),
        new Row("400",                             status(400),                                                       "failed",    1, "closed", "kept",   "400"),
        new Row("401",                             status(401),                                                       "failed",    1, "open",   "kept",   "401"),
        new Row("403",                             status(403),                                                       "failed",    1, "open",   "kept",   "403"),
        new Row("404",                             status(404),                                                       "failed",    1, "open",   "kept",   "404"),
        new Row("405",                             status(405),                                                       "failed",    1, "open",   "kept",   "405"),
        new Row("407",                             status(407),                                                       "failed",    1, "open",   "kept",   "407"),
        new Row("408",                             status(408),                                                       "failed",    3, "open",   "kept",   "408"),
        new Row("409",                             status(409),                                                       "failed",    1, "closed", "kept",   "409"),
        new Row("413",                             status(413),                                                       "failed",    1, "closed", "kept",   "413"),
        new Row("422",                             status(422),                                                       "failed",    1, "closed", "kept",   "422"),
        new Row("425",                             status(425),                                                       "failed",    3, "open",   "kept",   "425"),
        new Row("429",                             status(429),                                                       "failed",    3, "open",   "kept",   "429"),
        new Row("500",                             status(500),                                                       "failed",    3, "open",   "kept",   "500"),
        new Row("503",                             status(503),                                                       "failed",    3, "open",   "kept",   "503"),
        new Row("503, Retry-After in the past",    status(503, Map.of("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), ""), "failed",    3, "open",   "kept",   "503"),
        new Row("503, Retry-After nonsense",       status(503, Map.of("retry-after", "soon"), ""),                    "failed",    3, "open",   "kept",   "503"),
        new Row("accepts and says nothing",        silence(),                                                         "failed",    3, "open",   "closed", "timeout after 400 ms"),
        new Row("200, then stalls in the body",    stall(200),                                                        "failed",    3, "open",   "closed", "timeout after 400 ms"),
        new Row("400, then stalls in the body",    stall(400),                                                        "failed",    3, "open",   "closed", "timeout after 400 ms"),
        new Row("200, dripping without end",       drip(200, 10),                                                     "failed",    3, "open",   "closed", "timeout after 400 ms"),
        new Row("200, a whole answer too late",    status(200).after(900),                                            "failed",    3, "open",   "closed", "timeout after 400 ms"),
        new Row("closes without an answer",        close(),                                                           "failed",    3, "open",   "closed", "connection closed"),
        new Row("200, closes in the body",         closeHalfway(200),                                                 "failed",    3, "open",   "closed", "connection closed"));
    // spotless:on
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("matrix")
  void eventByEvent(Row row) {
    check(row);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("matrix")
  void withBatchesOn(Row row) {
    batch = 2;
    check(row);
  }

  private void check(Row row) {
    receiver.usually(row.answer());
    webhook.deploy(options().setMaxInFlight(1).setInitialBackoff(5));
    webhook.publish(1);

    WebhookClient.State state = webhook.awaitSettled(1);
    assertThat(state.json().getLong(row.outcome())).isEqualTo(1);
    assertThat(receiver.requests()).hasSize(row.attempts());
    assertThat(state.retried()).isEqualTo(row.attempts() - 1);
    assertThat(receiver.requests()).allMatch(request -> request.method().equals("POST"));
    if (row.error() != null) {
      assertThat(webhook.deadLetters().get(0))
          .satisfies(letter -> assertThat(letter.error()).startsWith(row.error() + " from http://"))
          .satisfies(letter -> assertThat(letter.attempts()).isEqualTo(row.attempts()));
    }
    checkConnection(row);
    checkCircuit(row);
  }

  private void checkConnection(Row row) {
    receiver.usually(status(204));
    webhook.publish(1);
    webhook.awaitSettled(2);
    List<Received> requests = receiver.requests();
    boolean kept =
        requests.get(requests.size() - 1).clientPort()
            == requests.get(requests.size() - 2).clientPort();
    assertThat(kept ? "kept" : "closed").as("connection").isEqualTo(row.connection());
  }

  private void checkCircuit(Row row) {
    webhook.undeploy();
    List<JsonObject> attempts = webhook.attempts();
    receiver.usually(row.answer());
    webhook.deploy(circuit(options(), 1, 60_000));
    webhook.publish(1);
    await().until(() -> attempts.size() == 1);
    // The circuit turns a tick after the attempt is judged.
    webhook.awaitState(state -> state.circuit().equals(row.circuit()));
    assertThat(attempts.get(0).getString("outcome"))
        .isEqualTo(row.attempts() > 1 ? "retry" : row.outcome());
  }
}
