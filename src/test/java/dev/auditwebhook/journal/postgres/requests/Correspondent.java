package dev.auditwebhook.journal.postgres.requests;

import static dev.auditwebhook.testing.Webhooks.result;

import dev.auditwebhook.journal.postgres.database.ConnectionUri;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.Notifications;
import dev.auditwebhook.testing.HastenedClock;
import dev.auditwebhook.testing.Turn;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;

/** A node as far as its mailbox goes, on a context of its own. */
final class Correspondent {

  final ScriptedHost host = new ScriptedHost();
  final HastenedClock clock;
  final Database database;
  final Mailbox mailbox;
  private final Context context;

  Correspondent(Vertx vertx, String uri, String schema, String id) {
    context = ((VertxInternal) vertx).createEventLoopContext();
    clock = new HastenedClock(vertx);
    database = turn(() -> new Database(vertx, clock, ConnectionUri.of(uri), schema));
    mailbox = turn(() -> new Mailbox(database, clock, id, host));
  }

  /** It hears notifications from now on. */
  Correspondent hearing() {
    Promise<Void> connected = Promise.promise();
    turn(() -> new Notifications(database, mailbox::heard, connected::tryComplete));
    result(connected.future());
    return this;
  }

  /** What comes of a turn of its context. */
  <T> T turn(Callable<T> work) {
    return result(Turn.of(context, work));
  }

  /** Does something in a turn of its context. */
  void run(Runnable work) {
    turn(
        () -> {
          work.run();
          return null;
        });
  }

  /**
   * Asks another one.
   *
   * @param begin how long that has to begin with it, in milliseconds
   * @param end how long it has to answer, in milliseconds
   */
  Mailbox.Sent send(String target, String what, JsonObject body, long begin, long end) {
    return turn(() -> mailbox.send(target, what, body, begin, end));
  }

  Future<JsonObject> asking(String target, String what, JsonObject body) {
    return send(target, what, body, 20_000, 20_000).reply();
  }

  JsonObject ask(String target, String what, JsonObject body) {
    return result(asking(target, what, body));
  }
}
