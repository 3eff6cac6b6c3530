package dev.auditwebhook.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class EntryEncoderTest {

  private static final EntryEncoder ENCODER = new EntryEncoder(1 << 20);

  /** 2026-01-01T00:00:00.123Z. */
  private static final long NOW = 1_767_225_600_123L;

  private static EncodedEntry encode(EntryEncoder encoder, JsonObject entry) {
    return encoder.encode(AuditEvent.fromJson(entry), entry, NOW, Recipients.NONE);
  }

  private static byte[] bytes(JsonObject entry) {
    return encode(ENCODER, entry).numbered(7).body();
  }

  private static String body(JsonObject entry) {
    return new String(bytes(entry), StandardCharsets.UTF_8);
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
  void anEntryKnowsItsActionAndWhenItWasAccepted() {
    EncodedEntry encoded = encode(ENCODER, new JsonObject().put("action", "x"));
    assertThat(encoded.action()).isEqualTo("x");
    assertThat(encoded.acceptedAt()).isEqualTo(NOW);
    assertThat(encoded.numbered(7)).isEqualTo(new Event(7, "x", encoded.content(), NOW));
  }

  @Test
  void theNextEntryIsEncodedAfterOneThatCouldNotBeAndAfterALargeOne() {
    JsonObject bad = new JsonObject().put("action", "x").put("details", new Object[0]);
    JsonObject large = new JsonObject().put("action", "x").put("details", "y".repeat(100_000));
    JsonObject good = new JsonObject().put("action", "x").put("details", "z");
    String before = body(good);
    assertThatThrownBy(() -> encode(ENCODER, bad)).isInstanceOf(IllegalArgumentException.class);
    assertThat(body(good)).isEqualTo(before);
    assertThat(body(large)).hasSizeGreaterThan(100_000);
    assertThat(body(good)).isEqualTo(before);
  }

  @Test
  void detailsTooDeepToEncodeAreRefused() {
    JsonArray deep = new JsonArray();
    for (int i = 0; i < 100_000; i++) {
      deep = new JsonArray().add(deep);
    }
    JsonObject entry = new JsonObject().put("action", "x").put("details", deep);
    EntryEncoder large = new EntryEncoder(16 << 20);
    assertThatThrownBy(() -> encode(large, entry))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("levels deep");
  }

  @Property
  void theSizeIsThatOfTheEntryAsItCame(@ForAll("entries") JsonObject entry) {
    int bytes = entry.toBuffer().length();
    encode(new EntryEncoder(bytes), entry);
    assertThatThrownBy(() -> encode(new EntryEncoder(bytes - 1), entry))
        .hasMessage(
            "an entry may have %d bytes as JSON (maxEntryBytes), this one has %d",
            bytes - 1, bytes);
  }

  @Provide
  Arbitrary<JsonObject> entries() {
    Arbitrary<Object> details =
        Arbitraries.of(
            "text",
            "\u00e9\u4e16\"",
            17,
            true,
            new JsonObject(),
            new JsonArray(),
            new JsonObject().put("a", new JsonArray().add(1).addNull()),
            Map.of());
    return Combinators.combine(
            Arbitraries.of("x", "node.registered", "\u00e9\n"),
            details.injectNull(0.2),
            Arbitraries.of("2026-01-01T00:00:00Z", "2026-01-01t00:00:00.5+01:00").injectNull(0.5),
            Arbitraries.of("", "actor", "\u00e9"),
            Arbitraries.integers().between(0, 31))
        .as(
            (action, value, timestamp, unknown, keys) -> {
              JsonObject entry = new JsonObject();
              if ((keys & 1) != 0) {
                entry.put("details", value);
              }
              if ((keys & 2) != 0) {
                entry.put(unknown, value);
              }
              entry.put("action", action);
              if ((keys & 4) != 0) {
                entry.put("timestamp", timestamp);
              }
              return entry;
            });
  }

  @Property
  void anyTextArrivesAsItWasSent(@ForAll @NotEmpty String action, @ForAll String details) {
    JsonObject entry = new JsonObject().put("action", action).put("details", details);
    try {
      JsonObject sent = new JsonObject(Buffer.buffer(bytes(entry)));
      assertThat(sent.getString("action")).isEqualTo(action);
      assertThat(sent.getString("details")).isEqualTo(details);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }
}
