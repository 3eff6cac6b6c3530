package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.DatabaseException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the tables say what the configurations of the nodes do: the later word is in force. */
final class Enrolment {

  private static final Logger log = LoggerFactory.getLogger(Enrolment.class);

  private static final String NUMBER_TAKEN = "23505";

  private static final JsonObject DEFAULTS = plain(new EndpointOptions().toJson());

  /**
   * An endpoint that was made.
   *
   * @param lastId the last id that was given then
   * @param arrived how many valid entries there were then
   */
  record Made(String id, int number, long lastId, long arrived) {}

  private final Database database;
  private final Membership membership;

  Enrolment(Database database, Membership membership) {
    this.database = database;
    this.membership = membership;
  }

  /** A round through JSON makes values comparable with what the tables give back. */
  private static JsonObject plain(JsonObject json) {
    return new JsonObject(json.encode());
  }

  /**
   * Has the configuration of this node be in force; one node at a time does. From then on it takes
   * endpoints over.
   *
   * @param configured options by the ids of endpoints
   * @param removed whether an endpoint that was removed is configured as it was then
   */
  Future<Void> of(Map<String, JsonObject> configured, BiPredicate<String, JsonObject> removed) {
    Map<String, JsonObject> own = new TreeMap<>();
    configured.forEach((id, options) -> own.put(id, plain(options)));
    // The transaction has the lock, and no rows: nobody waits for a node that stops just then.
    return database.transaction(
        lock ->
            lock.run("node-lock", Tuple.of(database.schema()))
                .compose(v -> membership.configured(own.keySet()))
                .compose(v -> apply(own, removed))
                .compose(v -> database.run("endpoint-remove", Tuple.tuple()))
                .onSuccess(gone -> gone.forEach(Enrolment::logGone))
                .compose(v -> membership.claims(true)));
  }

  private static void logGone(Row gone) {
    log.info(
        "Endpoint {} is configured no more: it is removed, with {} pending events and {} dead"
            + " letters",
        gone.getString("id"),
        gone.getLong("pending"),
        gone.getLong("dead_letters"));
  }

  private Future<Void> apply(Map<String, JsonObject> own, BiPredicate<String, JsonObject> removed) {
    return database
        .run("endpoint-configured", Tuple.tuple())
        .compose(
            rows -> {
              Map<String, JsonObject> missing = new TreeMap<>(own);
              Map<String, JsonObject> edited = new TreeMap<>();
              for (Row row : rows) {
                String id = row.getString("id");
                boolean there = row.getBoolean("there");
                JsonObject mine = own.get(id);
                if (there || removed.test(id, (JsonObject) row.getValue("settings"))) {
                  missing.remove(id);
                }
                if (there
                    && mine != null
                    && !areSame((JsonObject) row.getValue("configured"), mine)) {
                  edited.put(id, mine);
                }
              }
              return make(missing, null)
                  .compose(
                      made ->
                          made.size() < missing.size() ? apply(own, removed) : configure(edited));
            });
  }

  /** Whether two configurations say the same, as far as this version knows. */
  static boolean areSame(JsonObject kept, JsonObject own) {
    if (kept == null) {
      return false;
    }
    Set<String> keys = new TreeSet<>(own.fieldNames());
    keys.retainAll(DEFAULTS.fieldNames());
    return keys.stream()
        .allMatch(
            key -> Objects.equals(kept.getValue(key, DEFAULTS.getValue(key)), own.getValue(key)));
  }

  private Future<Void> configure(Map<String, JsonObject> edited) {
    return edited.isEmpty()
        ? Future.succeededFuture()
        : database
            .run("endpoint-configure", Tuple.of(ids(edited), (Object) configurations(edited)))
            .mapEmpty();
  }

  /**
   * Makes endpoints that are not there.
   *
   * @param configured their configurations by their ids, {@code null} for none
   * @param owner the node that is to run them, {@code null} for none yet
   * @return those that were not there
   */
  Future<Map<String, Made>> make(Map<String, JsonObject> configured, String owner) {
    if (configured.isEmpty()) {
      return Future.succeededFuture(Map.of());
    }
    return database
        .run(
            "endpoint-make",
            Tuple.of(owner, database.schema(), ids(configured), configurations(configured)))
        .map(Enrolment::made)
        .recover(
            failure ->
                failure instanceof DatabaseException known && NUMBER_TAKEN.equals(known.sqlState())
                    ? make(configured, owner)
                    : Future.failedFuture(failure));
  }

  private static Map<String, Made> made(RowSet<Row> rows) {
    Map<String, Made> made = new TreeMap<>();
    for (Row row : rows) {
      made.put(
          row.getString("id"),
          new Made(
              row.getString("id"),
              row.getInteger("number"),
              row.getLong("last_id"),
              row.getLong("arrived")));
    }
    return made;
  }

  private static String[] ids(Map<String, JsonObject> configured) {
    return configured.keySet().toArray(String[]::new);
  }

  private static String[] configurations(Map<String, JsonObject> configured) {
    return configured.values().stream()
        .map(options -> options == null ? null : options.encode())
        .toArray(String[]::new);
  }
}
