package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.endpoint.settings.Settings;
import dev.auditwebhook.journal.postgres.nodes.TenancyReader.Found;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;

/** What the tables tell of endpoints, as {@code webhook.get} has it. */
final class Reports {

  private final TenancyReader states;
  private final Clock clock;

  Reports(TenancyReader states, Clock clock) {
    this.states = states;
    this.clock = clock;
  }

  /** Those of the endpoints with these numbers. */
  Future<List<JsonObject>> of(Collection<Integer> numbers) {
    return states.kept(numbers).map(found -> found.stream().map(this::report).toList());
  }

  private JsonObject report(Found found) {
    State state = found.state();
    long received = found.arrived() - found.total(Total.BEFORE);
    JsonObject report = settings(found);
    Object reason = report.remove("reason");
    return report
        .put("delivered", found.total(Total.DELIVERED))
        .put("failed", found.total(Total.FAILED))
        .put("dropped", found.total(Total.DROPPED))
        .put("dlq_size", state.letters().size())
        .put("dlq_evicted", found.total(Total.DLQ_EVICTED))
        .put("received", received)
        .put("discarded", received - found.total(Total.WANTED))
        .put("rejected", found.rejected())
        .put("pending", state.pending())
        .put("in_flight", 0)
        .put("retried", found.total(Total.RETRIED))
        .putNull("oldest_pending")
        .put("circuit", "closed")
        .putNull("circuit_since")
        .putNull("next_probe")
        .putNull("last_delivery")
        .putNull("last_error")
        .put("reason", reason)
        .putNull("warning")
        .put("node", found.node());
  }

  /** Options that this version does not know may not be told. */
  private JsonObject settings(Found found) {
    String id = found.tenancy().id();
    JsonObject report = new JsonObject().put("endpoint", id);
    JsonObject configured = found.tenancy().configured();
    try {
      Settings settings =
          Settings.ofAnother(
              id,
              configured == null ? null : new EndpointOptions(configured),
              found.state().settings(),
              clock.now());
      String pausedFor = settings.pausedFor();
      return report
          .put("enabled", !settings.url().isEmpty() && pausedFor == null)
          .put("paused", pausedFor != null)
          .put("url", settings.url())
          .put("format", settings.options().getFormat())
          .put("signed", !settings.signing(clock.now()).isEmpty())
          .put("reason", pausedFor);
    } catch (IllegalArgumentException e) {
      return report
          .put("enabled", true)
          .put("paused", false)
          .putNull("url")
          .putNull("format")
          .put("signed", false)
          .putNull("reason");
    }
  }
}
