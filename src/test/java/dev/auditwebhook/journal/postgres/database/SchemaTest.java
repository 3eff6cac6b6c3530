package dev.auditwebhook.journal.postgres.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.VertxClock;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.Turn;
import dev.auditwebhook.testing.Webhooks;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchemaTest {

  private final PostgresServer server = PostgresServer.shared();
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final String schema = server.freshSchema();
  private final Database database =
      new Database(vertx, new VertxClock(vertx), ConnectionUri.of(server.uri()), schema);

  @AfterEach
  void close() {
    Webhooks.result(vertx.close());
  }

  @Test
  void theTablesAreMadeOnce() {
    Schema tables = new Schema(database, "msg_1_");
    Webhooks.result(Turn.of(context, tables::install).compose(f -> f));
    Webhooks.result(Turn.of(context, tables::install).compose(f -> f));
    assertThat(server.select("SELECT prefix FROM " + schema + ".head")).containsExactly("msg_1_");
    assertThat(server.select("SELECT number FROM " + schema + ".version")).containsExactly("1");
  }
}
