package dev.auditwebhook.bus;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.endpoint.VertxClock;
import dev.auditwebhook.security.GuardedResolver;
import dev.auditwebhook.security.Resolver;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.LongSupplier;

/** A webhook whose names a test resolves. */
final class ResolvingVerticle extends VerticleBase {

  private final WebhookOptions options;
  private final GuardedResolver resolver;
  private Webhook webhook;

  ResolvingVerticle(WebhookOptions options, Resolver resolver, LongSupplier clock) {
    this.options = options;
    this.resolver = new GuardedResolver(resolver, options.isAllowPrivateNetworks(), clock);
  }

  @Override
  public Future<?> start() {
    webhook = new Webhook(vertx, options, resolver, new VertxClock(vertx));
    return webhook.start();
  }

  @Override
  public Future<?> stop() {
    return webhook.stop();
  }
}
