package dev.auditwebhook;

import dev.auditwebhook.bus.Webhook;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/**
 * The audit webhook: entries of the event bus in, HTTP POST out, requests answered.
 *
 * <p>Deploy one instance:
 *
 * <pre>{@code
 * vertx.deployVerticle(new WebhookVerticle(new WebhookOptions().setUrl("https://siem.example/in")));
 * }</pre>
 *
 * Without options it reads its {@code config()}, the object {@code webhook} of the configuration
 * file. Deployment fails in one line when an option is wrong or another one has its addresses. To
 * undeploy lets events go out for {@code drainTimeout}; the rest stays pending in the store.
 *
 * @see WebhookAddresses
 * @see WebhookClient
 */
public class WebhookVerticle extends VerticleBase {

  private final WebhookOptions given;
  private Webhook webhook;

  /** A webhook that is configured by its deployment's {@code config()}. */
  public WebhookVerticle() {
    this.given = null;
  }

  /** A webhook with these options. */
  public WebhookVerticle(WebhookOptions options) {
    this.given = new WebhookOptions(options);
  }

  @Override
  public Future<?> start() {
    WebhookOptions options = new WebhookOptions(given == null ? config() : given.toJson());
    webhook = new Webhook(vertx, options);
    return webhook.start();
  }

  @Override
  public Future<?> stop() {
    return webhook.stop();
  }
}
