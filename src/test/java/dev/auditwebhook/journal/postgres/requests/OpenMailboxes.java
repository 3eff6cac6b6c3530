package dev.auditwebhook.journal.postgres.requests;

import static dev.auditwebhook.testing.Webhooks.result;

import dev.auditwebhook.journal.postgres.database.Schema;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.ScriptedProxy;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Nodes with mailboxes in one schema of a real server, which end with the test. */
final class OpenMailboxes implements BeforeEachCallback, AfterEachCallback {

  final PostgresServer server = PostgresServer.shared();
  final String schema = server.freshSchema();
  private final Vertx vertx = Vertx.vertx();

  @Override
  public void beforeEach(ExtensionContext test) {
    Correspondent node = deaf("first");
    result(node.turn(() -> new Schema(node.database, "msg_").install()));
    node.run(node.mailbox::close);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    result(vertx.close());
  }

  /** One that hears of requests and replies. */
  Correspondent hearing(String id) {
    return deaf(id).hearing();
  }

  /** To have nodes behind. */
  ScriptedProxy proxy() {
    return ScriptedProxy.start(vertx, server.port());
  }

  /** One that hears of nothing, and whose statements and answers a test may lose. */
  Correspondent behind(ScriptedProxy proxy, String id) {
    return of("postgresql://postgres@127.0.0.1:" + proxy.port() + "/postgres", id);
  }

  /** One that hears of nothing, and looks by itself. */
  Correspondent deaf(String id) {
    return of(server.uri(), id);
  }

  Correspondent of(String uri, String id) {
    return new Correspondent(vertx, uri, schema, id);
  }

  /** The ids of the requests for which something holds. */
  List<String> rows(String where) {
    return server.select("SELECT id FROM " + schema + ".request WHERE " + where);
  }
}
