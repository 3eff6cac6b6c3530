package dev.auditwebhook;

import dev.auditwebhook.http.ApiRouter;
import dev.auditwebhook.http.HttpService;
import dev.auditwebhook.security.access.Keyring;
import dev.auditwebhook.security.access.MadeToken;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the event-bus addresses of a webhook over HTTP.
 *
 * <p>It talks to the event bus only, so the webhook may run in another verticle or on another node.
 * To have the routes in a router of your own instead, see {@link #router(Vertx, JsonObject)}.
 */
public class WebhookRouterVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(WebhookRouterVerticle.class);

  /** {@code null} from the start on: of tokens no more than digests are to stay in memory. */
  private HttpOptions options;

  private Optional<MadeToken> madeToken = Optional.empty();
  private volatile HttpService service;

  /** Takes its options from {@link #config()}: the {@code http} object of the configuration. */
  public WebhookRouterVerticle() {}

  /** With options made in code, which are copied here and checked at start. */
  public WebhookRouterVerticle(HttpOptions options) {
    this.options = new HttpOptions(options);
  }

  /**
   * The routes, to mount in the router of a host application: {@code
   * hostRouter.route("/admin/*").subRouter(router)}. They answer every path below that one. With an
   * empty {@code adminToken} a token is made here, and shown as {@link #WebhookRouterVerticle}
   * does; with {@code null} the host's router has to guard them, and requests of other sites' pages
   * are refused. {@code enabled}, {@code port}, {@code server} and {@code allowPlaintext} mean
   * nothing here; {@code host} does where there is no token: a name is what requests without TLS
   * must be sent to.
   *
   * @param http the {@code http} object of the configuration
   * @return the router, or an {@link IllegalArgumentException} that names the key at fault
   */
  public static Future<Router> router(Vertx vertx, JsonObject http) {
    try {
      HttpOptions options = new HttpOptions(http);
      return madeToken(vertx, options)
          .map(
              made -> {
                Router router = ApiRouter.create(vertx, withToken(options, made));
                made.ifPresent(MadeToken::show);
                return router;
              });
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
  }

  @Override
  public Future<?> start() {
    HttpOptions http = options == null ? new HttpOptions(config()) : options.check();
    options = null;
    if (!http.isEnabled()) {
      return Future.succeededFuture();
    }
    if (http.getAdminToken() == null) {
      return Future.failedFuture(
          new IllegalArgumentException(
              "http.adminToken: null is for a router that a host guards; set a token, or \"\" to have"
                  + " one made"));
    }
    if (context.getInstanceCount() > 1 && http.getAdminToken().isEmpty()) {
      return Future.failedFuture(
          new IllegalArgumentException(
              "http.adminToken: must be set when there is more than one instance"));
    }
    return madeToken(vertx, http)
        .onSuccess(made -> madeToken = made)
        .compose(made -> HttpService.start(vertx, withToken(http, made)))
        .onSuccess(this::started);
  }

  private void started(HttpService started) {
    service = started;
    madeToken.ifPresent(MadeToken::show);
  }

  /**
   * Takes {@code adminToken}, {@code ingestToken} and {@code tokens} of these options from now on,
   * while it serves; all else stays as it is. Streams of attempts whose token is no longer valid
   * end. An empty {@code adminToken} means the one that was made at start. To be called from any
   * thread.
   *
   * @throws IllegalArgumentException when an option is wrong, or cannot be taken while it serves;
   *     then the former tokens stay
   */
  public void tokens(HttpOptions changed) {
    HttpOptions next = new HttpOptions(changed).check();
    if (service == null) {
      return;
    }
    if (next.getAdminToken() == null) {
      throw new IllegalArgumentException(
          "http.adminToken: whether the routes are guarded is settled at start");
    }
    if ("".equals(next.getAdminToken()) && madeToken.isEmpty()) {
      throw new IllegalArgumentException(
          "http.adminToken: must not be emptied while it serves, as one is made at start alone");
    }
    Keyring keyring = Keyring.of(withToken(next, madeToken));
    service.tokens(keyring);
    LOG.info("Tokens from now on: {}", keyring);
  }

  @Override
  public Future<?> stop() {
    return service == null ? Future.succeededFuture() : service.stop();
  }

  /** The port that is listened on, which the system may have chosen; 0 when there is none. */
  public int actualPort() {
    return service == null ? 0 : service.port();
  }

  /** Makes a token where none is configured, which ends with whoever is deployed here. */
  private static Future<Optional<MadeToken>> madeToken(Vertx vertx, HttpOptions options) {
    if (!"".equals(options.getAdminToken())) {
      return Future.succeededFuture(Optional.empty());
    }
    MadeToken made = new MadeToken();
    return vertx.deployVerticle(made).map(id -> Optional.of(made));
  }

  private static HttpOptions withToken(HttpOptions options, Optional<MadeToken> made) {
    return "".equals(options.getAdminToken())
        ? options.setAdminToken(made.orElseThrow().value())
        : options;
  }
}
