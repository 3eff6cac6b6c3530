package dev.auditwebhook;

import dev.auditwebhook.cli.Configuration;
import dev.auditwebhook.cli.Environment;
import dev.auditwebhook.cli.Launcher;
import dev.auditwebhook.cli.Service;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The service as a whole: a {@link WebhookVerticle} and, if {@code http.enabled}, a {@link
 * WebhookRouterVerticle}.
 *
 * <p>Its {@code config()} is the whole configuration, the objects {@code webhook} and {@code http}.
 * The environment goes over it: {@code WEBHOOK_SECRET}, {@code WEBHOOK_ADMIN_TOKEN}, {@code
 * WEBHOOK_INGEST_TOKEN}, {@code WEBHOOK_HTTP_HOST}, {@code WEBHOOK_HTTP_PORT}, {@code
 * WEBHOOK_STORE_URI}, and each with {@code _FILE} for the name of a file that has the value. A
 * wrong value fails the deployment in one line that begins with the path of the key, before
 * anything is started.
 */
public class MainVerticle extends VerticleBase {

  private WebhookRouterVerticle router;

  /** Runs a command of the jar, such as {@code serve [CONF]}; {@code --help} tells which. */
  public static void main(String[] args) {
    new Launcher(Environment.ofProcess(), MainVerticle::deploy).run(List.of(args));
  }

  private static Future<Service.Running> deploy(Vertx vertx, JsonObject config) {
    MainVerticle service = new MainVerticle();
    return vertx
        .deployVerticle(service, new DeploymentOptions().setConfig(config))
        .map(id -> new Service.Running(service.actualPort(), service::tokens));
  }

  @Override
  public Future<?> start() {
    Configuration config = Configuration.of(config(), Environment.ofProcess());
    // This verticle's own copy: of tokens no more than digests are to stay in memory.
    config().remove("http");
    Future<String> deployed = vertx.deployVerticle(new WebhookVerticle(config.webhook()));
    if (!config.http().isEnabled()) {
      return deployed;
    }
    router = new WebhookRouterVerticle(config.http());
    return deployed.compose(id -> vertx.deployVerticle(router));
  }

  /** Takes other tokens, as {@link WebhookRouterVerticle#tokens} does where HTTP is served. */
  public void tokens(HttpOptions changed) {
    if (router != null) {
      router.tokens(changed);
    }
  }

  /** The port of the HTTP API, which the system may have chosen; 0 when it is not served. */
  public int actualPort() {
    return router == null ? 0 : router.actualPort();
  }
}
