package dev.auditwebhook.endpoint;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.endpoint.attempt.AttemptReport;
import dev.auditwebhook.endpoint.attempt.Circuit;
import dev.auditwebhook.endpoint.settings.Settings;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.UrlPolicy.Destination;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/**
 * What the endpoints of one webhook share.
 *
 * @param options of the webhook
 * @param resolver finds the addresses that connections go to
 * @param listener hears of each attempt for each event
 */
public record Surroundings(
    Vertx vertx,
    Clock clock,
    WebhookOptions options,
    GuardedResolver resolver,
    Metrics metrics,
    Consumer<AttemptReport> listener) {

  /**
   * Where the URL of an endpoint leads.
   *
   * @throws IllegalArgumentException in one line when it may not be used now
   */
  Destination vet(String endpoint, String url) {
    try {
      return UrlPolicy.vet(url, options.isAllowPrivateNetworks());
    } catch (IllegalArgumentException e) {
      String key = Settings.path(endpoint) + ".url";
      StoreOptions store = options.getStore();
      throw new IllegalArgumentException(
          key
              + ": the one that was set at run time, kept in "
              + (store.getType().equals(StoreOptions.FILE) ? store.getPath() : store.getType())
              + ", is refused: "
              + e.getMessage()
              + (options.isAllowPrivateNetworks()
                  ? ""
                  : " while webhook.allowPrivateNetworks is false")
              + "; edit "
              + key
              + ", and it takes the place of that one",
          e);
    }
  }

  /** The circuit of an endpoint, which is closed. */
  Circuit circuit(
      String endpoint, EndpointOptions settings, Destination destination, Runnable changed) {
    return new Circuit(
        vertx,
        "webhook " + options.getAddress() + " " + endpoint,
        settings.getCircuitBreaker(),
        destination,
        clock::now,
        changed);
  }
}
