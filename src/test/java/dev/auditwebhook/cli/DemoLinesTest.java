package dev.auditwebhook.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookClient.State;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoLinesTest {

  private static final LocalTime NOON = LocalTime.of(12, 0, 1);

  @Test
  void anOutcomeIsALine() {
    assertThat(DemoLines.outcome(NOON, attempt(12, "user.login", "delivered", 204, null)))
        .isEqualTo("12:00:01  delivered  #12     user.login            attempt 1  204      3 ms");
    assertThat(DemoLines.outcome(NOON, attempt(7, "legacy.import", "failed", 400, null)))
        .isEqualTo("12:00:01  failed     #7      legacy.import         attempt 1  400      3 ms");
  }

  @Test
  void withoutAnAnswerTheErrorIsShown() {
    assertThat(
            DemoLines.outcome(NOON, attempt(1, "user.login", "retry", null, "connection refused")))
        .endsWith("attempt 1  connection refused");
  }

  @Test
  void aLineIsNeverLongerThanTheScreen() {
    JsonObject longest = attempt(Long.MAX_VALUE, "a".repeat(90), "delivered", null, "e".repeat(90));

    assertThat(DemoLines.outcome(NOON, longest)).hasSize(80);
    assertThat(DemoLines.account(state(Integer.MAX_VALUE)))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void whatOthersWroteCannotDriveTheTerminal() {
    assertThat(DemoLines.outcome(NOON, attempt(1, "x\u001b[2J\ny", "failed", 400, null)))
        .contains("x?[2J?y")
        .doesNotContain("\u001b", "\n");
  }

  @Test
  void theAccountIsASum() {
    assertThat(DemoLines.account(state(1)))
        .containsExactly(
            "received 5 = delivered 1 + failed 1 + dropped 1 + discarded 1 + pending 1");
  }

  @Test
  void coloursAreForTerminals() {
    assertThat(shown(false)).isEqualTo("12:00:01  retry  ..." + System.lineSeparator());
    assertThat(shown(true))
        .isEqualTo("12:00:01  \u001b[33mretry\u001b[0m  ..." + System.lineSeparator());
  }

  private static String shown(boolean colour) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new Terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8), colour)
        .line("12:00:01  retry  ...", "retry");
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static JsonObject attempt(
      long id, String action, String outcome, Integer status, String error) {
    return new JsonObject()
        .put("event_id", id)
        .put("action", action)
        .put("attempt", 1)
        .put("outcome", outcome)
        .put("status", status)
        .put("latency_ms", 3)
        .put("error", error);
  }

  private static State state(long each) {
    JsonObject totals = new JsonObject().put("received", 5 * each);
    List.of("delivered", "failed", "dropped", "discarded", "pending")
        .forEach(total -> totals.put(total, each));
    return new State(totals);
  }
}
