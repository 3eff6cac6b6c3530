package dev.auditwebhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class EntryTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123456Z");

  private static String body(JsonObject entry) {
    return Entry.read(entry, 65_536).body(7, NOW).toString();
  }

  @Test
  void theBodyHasItsKeysInOrderAndNoWhiteSpace() {
    assertThat(body(new JsonObject().put("details", Map.of("a", 1)).put("action", "x")))
        .isEqualTo(
            "{\"event_id\":7,\"action\":\"x\",\"timestamp\":\"2026-01-01T00:00:00.123Z\",\"details\":{\"a\":1}}");
  }

  @Test
  void aTimestampIsPassedOnAsItIs() {
    assertThat(
            body(
                new JsonObject()
                    .put("action", "x")
                    .put("timestamp", "2026-01-01t00:00:00.000000001+01:00")))
        .contains("\"timestamp\":\"2026-01-01t00:00:00.000000001+01:00\"");
  }

  @Test
  void detailsTooDeepToEncodeAreRefused() {
    JsonArray deep = new JsonArray();
    for (int i = 0; i < 100_000; i++) {
      deep = new JsonArray().add(deep);
    }
    JsonObject entry = new JsonObject().put("action", "x").put("details", deep);
    assertThatThrownBy(() -> Entry.read(entry, 16 << 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("levels deep");
  }

  @Property
  void anyTextArrivesAsItWasSent(@ForAll @NotEmpty String action, @ForAll String details) {
    JsonObject entry = new JsonObject().put("action", action).put("details", details);
    try {
      Entry read = Entry.read(entry, 1 << 20);
      JsonObject sent = new JsonObject(read.body(1, NOW));
      assertThat(sent.getString("action")).isEqualTo(action);
      assertThat(sent.getString("details")).isEqualTo(details);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }
}
