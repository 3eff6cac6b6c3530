package dev.auditwebhook.journal.postgres.database;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the tables and brings them up to date, by numbered migrations, of which each is done once,
 * by one node, however many start at once. A module that finds migrations which it does not know
 * goes on when they say that it may.
 */
public final class Schema {

  private static final Logger log = LoggerFactory.getLogger(Schema.class);

  /**
   * A step from one version of the tables to the next.
   *
   * @param number its place, from 1 on
   * @param script the name of its statements
   * @param readableBy the lowest number that a module must know to work on these tables
   */
  record Migration(int number, String script, int readableBy) {}

  static final List<Migration> MIGRATIONS = List.of(new Migration(1, "001-first", 1));

  private final Database database;
  private final String messageIdPrefix;
  private final List<Migration> migrations;

  /**
   * @param messageIdPrefix what message ids begin with when the tables are new
   */
  public Schema(Database database, String messageIdPrefix) {
    this(database, messageIdPrefix, MIGRATIONS);
  }

  Schema(Database database, String messageIdPrefix, List<Migration> migrations) {
    this.database = database;
    this.messageIdPrefix = messageIdPrefix;
    this.migrations = migrations;
  }

  /** Has the tables there, up to date; fails with a {@link DatabaseException}. */
  public Future<Void> install() {
    return database
        .run("schema-facts", Tuple.of(database.schema()))
        .map(this::checked)
        .compose(
            facts ->
                facts.getBoolean("versioned")
                    ? database.run("schema-versions", Tuple.tuple()).map(this::missing)
                    : Future.succeededFuture(migrations))
        .compose(missing -> missing.isEmpty() ? Future.succeededFuture() : migrate())
        .recover(failure -> Future.failedFuture(told(failure)));
  }

  private Future<Void> migrate() {
    return database.transaction(
        transaction ->
            transaction
                .run("schema-lock", Tuple.of(database.schema()))
                .compose(v -> transaction.run("schema-facts", Tuple.of(database.schema())))
                .map(RowSet::iterator)
                .compose(facts -> migrate(transaction, facts.next())));
  }

  /** Under the lock: another node may have done it meanwhile. */
  private Future<Void> migrate(Transaction transaction, Row facts) {
    Future<List<Migration>> missing =
        facts.getBoolean("versioned")
            ? transaction.run("schema-versions", Tuple.tuple()).map(this::missing)
            : Future.succeededFuture(migrations);
    Future<Void> made =
        facts.getBoolean("there") ? Future.succeededFuture() : transaction.script("schema-create");
    return made.compose(v -> missing)
        .compose(
            steps -> {
              Future<Void> done = Future.succeededFuture();
              for (Migration step : steps) {
                done = done.compose(v -> migrate(transaction, step));
              }
              return done;
            })
        .compose(v -> transaction.run("schema-head", Tuple.of(messageIdPrefix)))
        .mapEmpty();
  }

  private Future<Void> migrate(Transaction transaction, Migration step) {
    log.info(
        "The tables of the schema {} are brought to version {}", database.schema(), step.number());
    return transaction
        .script(step.script())
        .compose(v -> transaction.run("schema-version", Tuple.of(step.number(), step.readableBy())))
        .mapEmpty();
  }

  /** The migrations that are still to be done; refuses tables that only newer modules can use. */
  private List<Migration> missing(RowSet<Row> versions) {
    int known = migrations.get(migrations.size() - 1).number();
    int last = 0;
    int needed = 0;
    for (Row version : versions) {
      last = Math.max(last, version.getInteger("number"));
      needed = Math.max(needed, version.getInteger("readable_by"));
    }
    if (needed > known) {
      throw refused(
          "has the schema "
              + database.schema()
              + " in version "
              + last
              + ", which takes a newer module: this one knows up to version "
              + known);
    }
    int done = last;
    return migrations.stream().filter(step -> step.number() > done).toList();
  }

  private Row checked(RowSet<Row> rows) {
    Row facts = rows.iterator().next();
    String user = quoted(facts.getString("username"));
    String schema = quoted(database.schema());
    int server = facts.getInteger("server");
    if (server < 140_000) {
      throw refused("is PostgreSQL " + server / 10_000 + ": it takes 14 or newer");
    } else if (!facts.getString("encoding").equals("UTF8")) {
      throw refused("has the encoding " + facts.getString("encoding") + ": it takes UTF8");
    } else if (!facts.getBoolean("there") && !facts.getBoolean("may_create")) {
      throw refused(
          "lets its user make no schema: GRANT CREATE ON DATABASE "
              + quoted(facts.getString("database"))
              + " TO "
              + user
              + ", or CREATE SCHEMA "
              + schema
              + " AUTHORIZATION "
              + user);
    } else if (facts.getBoolean("there") && !facts.getBoolean("usable")) {
      throw refused(
          "lets its user make no tables: GRANT USAGE, CREATE ON SCHEMA " + schema + " TO " + user);
    } else if (facts.getBoolean("versioned") && !facts.getBoolean("owned")) {
      throw refused(
          "has tables that are another role's: GRANT "
              + quoted(facts.getString("owner"))
              + " TO "
              + user);
    }
    return facts;
  }

  private static Throwable told(Throwable failure) {
    return failure instanceof DatabaseException known && known.is("42501")
        ? known.told(known.getMessage() + "; its user must own the schema and what is in it")
        : failure;
  }

  private DatabaseException refused(String what) {
    return new DatabaseException(
        "the database at " + database.uri().shown() + " " + what, null, false, false, null);
  }

  private static String quoted(String name) {
    return name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }
}
