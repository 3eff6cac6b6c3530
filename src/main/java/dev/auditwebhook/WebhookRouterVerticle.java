package dev.auditwebhook;

import dev.auditwebhook.http.ApiRouter;
import dev.auditwebhook.http.HttpService;
import dev.auditwebhook.security.AdminToken;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;

/**
 * Serves the event-bus addresses of a webhook over HTTP.
 *
 * <p>It talks to the event bus only, so the webhook may run in another verticle or on another node.
 * To have the routes in a router of your own instead, see {@link #router(Vertx, JsonObject)}.
 */
public class WebhookRouterVerticle extends VerticleBase {

  private HttpOptions options;
  private HttpService service;

  /** Takes its options from {@link #config()}: the {@code http} object of the configuration. */
  public WebhookRouterVerticle() {}

  /** With options made in code, which are copied here and checked at start. */
  public WebhookRouterVerticle(HttpOptions options) {
    this.options = new HttpOptions(options);
  }

  /**
   * The routes, to mount in the router of a host application: {@code
   * hostRouter.route("/admin/*").subRouter(router)}. They answer every path below that one. With an
   * empty {@code adminToken} a token is made and printed here; with {@code null} the host's router
   * has to guard them, and requests of other sites' pages are refused. {@code enabled}, {@code
   * port}, {@code server} and {@code allowPlaintext} mean nothing here; {@code host} does where
   * there is no token: it is a name that a proxy on this machine may ask for.
   *
   * @param http the {@code http} object of the configuration
   * @return the router, or an {@link IllegalArgumentException} that names the key at fault
   */
  public static Future<Router> router(Vertx vertx, JsonObject http) {
    try {
      HttpOptions options = new HttpOptions(http);
      boolean made = makeToken(options);
      Router router = ApiRouter.create(vertx, options);
      if (made) {
        printToken(options);
      }
      return Future.succeededFuture(router);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
  }

  @Override
  public Future<?> start() {
    options = options == null ? new HttpOptions(config()) : options.check();
    if (!options.isEnabled()) {
      return Future.succeededFuture();
    }
    if (options.getAdminToken() == null) {
      return Future.failedFuture(
          new IllegalArgumentException(
              "http.adminToken: null is for a router that a host guards; set a token, or \"\" to have"
                  + " one made"));
    }
    if (context.getInstanceCount() > 1 && "".equals(options.getAdminToken())) {
      return Future.failedFuture(
          new IllegalArgumentException(
              "http.adminToken: must be set when there is more than one instance"));
    }
    boolean made = makeToken(options);
    Future<HttpService> starting = HttpService.start(vertx, options);
    if (made) {
      starting.onSuccess(started -> printToken(options));
    }
    return starting.onSuccess(started -> service = started);
  }

  @Override
  public Future<?> stop() {
    return service == null ? Future.succeededFuture() : service.stop();
  }

  /** The port that is listened on, which the system may have chosen; 0 when there is none. */
  public int actualPort() {
    return service == null ? 0 : service.port();
  }

  private static boolean makeToken(HttpOptions options) {
    if (!"".equals(options.getAdminToken())) {
      return false;
    }
    options.setAdminToken(AdminToken.random());
    return true;
  }

  private static void printToken(HttpOptions options) {
    System.out.println(
        "Admin token of the audit webhook, made at start: " + options.getAdminToken());
  }
}
