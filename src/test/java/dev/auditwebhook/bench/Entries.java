package dev.auditwebhook.bench;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * Audit entries of a usual size, about 350 bytes each, made beforehand: to make them is not what is
 * measured.
 */
final class Entries {

  private static final int COUNT = 256;

  private final JsonObject[] entries = new JsonObject[COUNT];
  private int next;

  Entries() {
    for (int i = 0; i < COUNT; i++) {
      entries[i] = entry(i);
    }
  }

  private static JsonObject entry(int n) {
    return new JsonObject()
        .put("action", "node.registered")
        .put(
            "details",
            new JsonObject()
                .put("node", "edge-" + (1_000 + n))
                .put("zone", "eu-north-2")
                .put("cores", 8)
                .put("memory_bytes", 34_359_738_368L)
                .put("labels", new JsonArray().add("gpu").add("spot").add("canary"))
                .put(
                    "actor",
                    new JsonObject()
                        .put("user", "mara.lindqvist@example.com")
                        .put("method", "passkey")
                        .put("ip", "192.0.2." + n)
                        .put("session", "5f0c2f1e-8a54-4d0e-9b53-" + (100_000_000_000L + n)))
                .put("reason", "capacity plan 2026-Q1")
                .put("approved", true));
  }

  JsonObject next() {
    return entries[next++ & (COUNT - 1)];
  }

  /** What goes over the wire for one entry. */
  static Buffer body() {
    JsonObject entry = entry(42);
    return new JsonObject()
        .put("event_id", 1_234_567)
        .put("action", entry.getString("action"))
        .put("timestamp", "2026-01-01T00:00:00.123Z")
        .put("details", entry.getJsonObject("details"))
        .toBuffer();
  }
}
