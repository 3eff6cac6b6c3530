package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.journal.postgres.database.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** The nodes that there are or were lately, as {@code webhook.nodes} tells of them. */
final class Roll {

  private final Database database;

  Roll(Database database) {
    this.database = database;
  }

  /**
   * All of them.
   *
   * @param self the id of this one
   */
  Future<List<JsonObject>> of(String self) {
    return database
        .run("node-list", Tuple.of(self))
        .map(
            rows -> {
              List<JsonObject> nodes = new ArrayList<>();
              rows.forEach(row -> nodes.add(node(row)));
              return nodes;
            });
  }

  private static JsonObject node(Row row) {
    return new JsonObject()
        .put("id", row.getString("id"))
        .put("name", row.getString("name"))
        .put("self", row.getBoolean("self"))
        .put("alive", row.getBoolean("alive"))
        .put("started", text(row.getOffsetDateTime("started")))
        .put("seen", text(row.getOffsetDateTime("seen")))
        .put("endpoints", row.getLong("endpoints"));
  }

  private static String text(OffsetDateTime time) {
    return time.toInstant().truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
