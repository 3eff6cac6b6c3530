package dev.auditwebhook.endpoint;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.endpoint.attempt.AttemptReport;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.security.GuardedResolver;
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
    Consumer<AttemptReport> listener) {}
