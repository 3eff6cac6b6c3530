package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.journal.postgres.database.DatabaseException;
import dev.auditwebhook.journal.postgres.nodes.SharedNodes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps the steps of the endpoints that this node runs, those of many in one statement. A step
 * counts while the endpoint is this node's and no later one was kept.
 */
final class StepWriter {

  /** For so long steps may fail while events are appended, in milliseconds. */
  static final long PATIENCE = 10_000;

  /** What of an endpoint's settings was kept last, while this node ran it in an epoch. */
  private record Settings(long epoch, JsonObject kept) {}

  private final Database database;
  private final Clock clock;
  private final SharedNodes nodes;
  private final Tally tally;
  private final Map<String, Settings> settings = new HashMap<>();

  /** Endpoints of which a step may still be kept that no answer came to. */
  private final Set<String> unknown = new HashSet<>();

  private long failingSince = -1;

  StepWriter(Database database, Clock clock, SharedNodes nodes, Tally tally) {
    this.database = database;
    this.clock = clock;
    this.nodes = nodes;
    this.tally = tally;
  }

  /**
   * Keeps steps, at most one an endpoint.
   *
   * @return the endpoints whose steps are not kept, as this node does not run them any more; failed
   *     when none is kept
   */
  Future<Set<String>> keep(List<Step> steps) {
    StepRows rows = new StepRows();
    Map<Integer, Step> sent = new HashMap<>();
    Set<String> unkept = new HashSet<>();
    boolean fence = false;
    for (Step step : steps) {
      Long epoch = nodes.leases().epoch(step.endpoint());
      if (epoch == null) {
        unkept.add(step.endpoint());
      } else {
        rows.add(step, epoch, nodes.leases().nextStep(step.endpoint()), changed(step, epoch));
        sent.put(step.number(), step);
        fence |= unknown.remove(step.endpoint());
      }
    }
    boolean fenced = fence;
    return sent.isEmpty()
        ? Future.succeededFuture(unkept)
        : send(rows, fenced)
            .onComplete(
                kept -> failingSince = -1,
                failure -> failed((DatabaseException) failure, fenced, sent))
            .map(
                kept -> {
                  kept.forEach(row -> kept(sent.remove(row.getInteger(0))));
                  sent.values().forEach(step -> refused(step.endpoint(), unkept));
                  return unkept;
                });
  }

  /** The settings of a step when they are to be kept, else {@code null}. */
  private JsonObject changed(Step step, long epoch) {
    Settings last = settings.get(step.endpoint());
    boolean same =
        last != null
            && last.epoch() == epoch
            && (last.kept() == step.settings() || last.kept().equals(step.settings()));
    return same ? null : step.settings();
  }

  /**
   * @param fenced whether an earlier statement may still be under way: it is to be done before this
   *     one looks at the tables, or never
   */
  private Future<RowSet<Row>> send(StepRows rows, boolean fenced) {
    String node = nodes.membership().id();
    long start = clock.elapsed();
    return (fenced
            ? database.run("step-fence", rows.fence(node))
            : Future.<RowSet<Row>>succeededFuture())
        .compose(v -> database.run("step", rows.parameters(node, database.schema())))
        .onSuccess(kept -> tally.committed(rows.size(), clock.elapsed() - start));
  }

  private void kept(Step step) {
    Long epoch = nodes.leases().epoch(step.endpoint());
    if (epoch != null && changed(step, epoch) != null) {
      settings.put(step.endpoint(), new Settings(epoch, step.settings()));
      nodes.directory().settingsKept(step.endpoint(), step.settings());
    }
  }

  private void refused(String endpoint, Set<String> unkept) {
    unkept.add(endpoint);
    nodes.leases().doubt(endpoint);
    nodes.heard(SharedNodes.ENDPOINTS);
  }

  /** Where the fence failed, what it was to wait for may still be under way. */
  private void failed(DatabaseException failure, boolean fenced, Map<Integer, Step> sent) {
    if (failingSince < 0) {
      failingSince = clock.elapsed();
    }
    if (fenced || failure.isOutcomeUnknown()) {
      sent.values().forEach(step -> unknown.add(step.endpoint()));
    }
  }

  /** Whether steps have failed for so long that no more events are to be taken. */
  boolean isStuck() {
    return failingSince >= 0 && clock.elapsed() - failingSince >= PATIENCE;
  }

  /** An endpoint is forgotten. */
  void forget(String endpoint) {
    settings.remove(endpoint);
    unknown.remove(endpoint);
  }
}
