package dev.auditwebhook.cli.demo;

import dev.auditwebhook.AuditEvent;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Audit entries such as a service might publish, over and over. */
public final class SampleEntries {

  /** The action that the demo's receiver never takes. */
  public static final String REFUSED = "legacy.import";

  private static final List<AuditEvent> ENTRIES =
      """
      {"action":"node.registered","details":{"node":"edge-17","zone":"north","cores":8}}
      {"action":"user.login","details":{"user":"mara","method":"passkey","ip":"192.0.2.7"}}
      {"action":"token.revoked","details":{"user":"mara","token":"t-4711","by":"jonas"}}
      {"action":"%s","details":{"row":3,"source":"ledger-2009","api_key":"k-2009"}}
      {"action":"role.granted","details":{"user":"jonas","roles":["auditor","on-call"]}}
      {"action":"config.changed","details":{"key":"retention","days":90}}
      {"action":"user.logout","details":"session ended after 42 minutes"}
      {"action":"file.downloaded","details":{"user":"mara","file":"größen.csv","bytes":81920}}
      {"action":"node.drained","details":{"node":"edge-17","reason":null}}
      """
          .formatted(REFUSED)
          .lines()
          .map(line -> AuditEvent.fromJson(new JsonObject(line)))
          .toList();

  private int next;

  public AuditEvent next() {
    return ENTRIES.get(next++ % ENTRIES.size());
  }
}
