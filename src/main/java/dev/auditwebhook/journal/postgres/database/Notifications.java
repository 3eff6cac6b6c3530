package dev.auditwebhook.journal.postgres.database;

import dev.auditwebhook.endpoint.Clock;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import java.util.function.Consumer;

/**
 * Hears what is notified on the channel that has the schema's name, by a connection of its own,
 * which is made again each second when it is lost. For one context.
 */
public final class Notifications {

  /** From one try to connect to the next, in milliseconds. */
  static final long TRY_AGAIN = 1_000;

  /** How often a connection on which nothing comes is asked whether it is still one, in ms. */
  static final long BEAT = 5_000;

  private final Database database;
  private final Clock clock;
  private final Session session;
  private final Consumer<String> handler;
  private final Runnable connected;
  private long timer = -1;
  private boolean closed;

  /**
   * Begins to listen.
   *
   * @param handler takes payloads
   * @param connected told each time when it has begun to hear; what was notified before it may not
   *     have heard
   */
  public Notifications(Database database, Consumer<String> handler, Runnable connected) {
    this.database = database;
    this.handler = handler;
    this.connected = connected;
    clock = database.clock();
    session = database.session();
    connect();
  }

  private void connect() {
    session
        .connection(database.patience())
        .compose(this::listen)
        .onComplete(this::listening, failure -> lost());
  }

  private Future<PgConnection> listen(PgConnection connection) {
    connection.notificationHandler(heard -> handler.accept(heard.getPayload()));
    return ask(connection, "LISTEN \"" + database.schema() + "\"");
  }

  private Future<PgConnection> ask(PgConnection connection, String sql) {
    return session
        .answer(connection.query(sql).execute(), database.patience(), false)
        .map(v -> connection);
  }

  private void listening(PgConnection connection) {
    if (!closed) {
      connection.closeHandler(v -> lost());
      timer = clock.timer(BEAT, () -> beat(connection));
      connected.run();
    }
  }

  private void beat(PgConnection connection) {
    ask(connection, "SELECT 1")
        .onComplete(
            v -> {
              if (!closed) {
                timer = clock.timer(BEAT, () -> beat(connection));
              }
            },
            failure -> session.cut());
  }

  private void lost() {
    session.cut();
    clock.cancel(timer);
    if (!closed) {
      timer = clock.timer(TRY_AGAIN, this::connect);
    }
  }

  /** Hears no more. */
  public Future<Void> close() {
    closed = true;
    clock.cancel(timer);
    return session.close();
  }
}
