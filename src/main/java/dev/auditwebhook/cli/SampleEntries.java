package dev.auditwebhook.cli;

import dev.auditwebhook.AuditEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Audit entries such as a service might publish, over and over. */
final class SampleEntries {

  /** The action that the demo's receiver never takes. */
  static final String REFUSED = "legacy.import";

  private static final List<AuditEvent> ENTRIES =
      List.of(
          AuditEvent.of(
              "node.registered",
              new JsonObject().put("node", "edge-17").put("zone", "north").put("cores", 8)),
          AuditEvent.of(
              "user.login",
              new JsonObject().put("user", "mara").put("method", "passkey").put("ip", "192.0.2.7")),
          AuditEvent.of(
              "token.revoked",
              new JsonObject().put("user", "mara").put("token", "t-4711").put("by", "jonas")),
          AuditEvent.of(
              REFUSED,
              new JsonObject().put("row", 3).put("source", "ledger-2009").put("api_key", "k-2009")),
          AuditEvent.of(
              "role.granted",
              new JsonObject()
                  .put("user", "jonas")
                  .put("roles", new JsonArray().add("auditor").add("on-call"))),
          AuditEvent.of("config.changed", new JsonObject().put("key", "retention").put("days", 90)),
          AuditEvent.of("user.logout", "session ended after 42 minutes"),
          AuditEvent.of(
              "file.downloaded",
              new JsonObject().put("user", "mara").put("file", "größen.csv").put("bytes", 81_920)),
          AuditEvent.of(
              "node.drained", new JsonObject().put("node", "edge-17").put("reason", null)));

  private int next;

  AuditEvent next() {
    return ENTRIES.get(next++ % ENTRIES.size());
  }
}
