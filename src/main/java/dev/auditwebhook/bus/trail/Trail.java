package dev.auditwebhook.bus.trail;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who changed what: a line of the log, a count, and an entry of the journal if it is to have them.
 * Such an entry changes nothing, so it leads to no other. For one context.
 */
public final class Trail {

  /** The name of the logger, for whoever keeps these lines apart. */
  public static final String LOGGER = "dev.auditwebhook.trail";

  /** How many principals have counters of their own. */
  static final int MAX_PRINCIPALS = 100;

  private static final Logger log = LoggerFactory.getLogger(LOGGER);

  private final Metrics metrics;
  private final Consumer<AuditEvent> journal;
  private final Set<String> principals = new HashSet<>();
  private final Map<String, LongConsumer> counters = new HashMap<>();

  /**
   * @param journal takes entries, {@code null} when it is to have none
   */
  public Trail(Metrics metrics, Consumer<AuditEvent> journal) {
    this.metrics = metrics;
    this.journal = journal;
  }

  /**
   * Notes a change once it is kept; {@code kept false} of one that was made and may be lost; of one
   * that was refused there is nothing.
   *
   * @param outcome what else there is to say of it, numbers by their names; it is not asked when
   *     the change may be lost
   * @return what came of it
   */
  public <T> Future<T> note(
      Author author, Deed deed, Future<T> done, Function<T, JsonObject> outcome) {
    return done.onSuccess(result -> note(author, deed, outcome.apply(result)))
        .onFailure(
            failure -> {
              if (failure instanceof NotKeptException) {
                note(author, deed, new JsonObject().put("kept", false));
              }
            });
  }

  private void note(Author author, Deed deed, JsonObject outcome) {
    JsonObject details = deed.details(author, outcome);
    var line = log.atInfo().addKeyValue("what", deed.what());
    details.forEach(each -> line.addKeyValue(each.getKey(), each.getValue()));
    line.log(deed.line(author, outcome));
    count(deed.what(), author.principal());
    if (journal != null) {
      journal.accept(AuditEvent.of(AuditEvent.ADMIN_ACTIONS + deed.what(), details));
    }
  }

  private void count(String what, String principal) {
    String named =
        principals.size() < MAX_PRINCIPALS || principals.contains(principal) ? principal : "other";
    principals.add(named);
    counters
        .computeIfAbsent(
            what + " " + named,
            key ->
                metrics.tally(
                    "webhook.changes", "Changes that were made", "what", what, "principal", named))
        .accept(1);
  }
}
