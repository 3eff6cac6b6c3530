package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.DatabaseException;
import dev.auditwebhook.journal.postgres.nodes.SharedNodes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;

/** Has the tables forget endpoints that this node runs. */
final class Removal {

  /** So often it is tried to find out whether one was forgotten when no answer came. */
  private static final int TRIES = 5;

  private final Database database;
  private final Clock clock;
  private final SharedNodes nodes;

  Removal(Database database, Clock clock, SharedNodes nodes) {
    this.database = database;
    this.clock = clock;
    this.nodes = nodes;
  }

  /** As {@link dev.auditwebhook.journal.Engine#forget}. */
  Future<Void> of(String endpoint, JsonObject settings) {
    Tuple parameters =
        Tuple.of(
            endpoint,
            nodes.membership().id(),
            nodes.leases().epoch(endpoint),
            settings == null ? null : settings.encode(),
            database.schema());
    return forget(parameters, TRIES)
        .compose(
            gone -> {
              if (!gone) {
                return Future.failedFuture(
                    new IllegalStateException(endpoint + " is run by another node"));
              }
              nodes.forgotten(endpoint);
              return Future.succeededFuture();
            });
  }

  private Future<Boolean> forget(Tuple parameters, int tries) {
    return database
        .run("forget", parameters)
        .map(rows -> rows.iterator().next().getBoolean(0))
        .recover(
            failure ->
                ((DatabaseException) failure).isOutcomeUnknown() && tries > 1
                    ? clock.after(Appender.TRY_AGAIN).compose(v -> forget(parameters, tries - 1))
                    : Future.failedFuture(failure));
  }
}
