package dev.auditwebhook.http;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.http.guard.ClientLimits;
import dev.auditwebhook.http.guard.ConnectionGuard;
import dev.auditwebhook.http.guard.Problem;
import dev.auditwebhook.http.guard.RequestGuard;
import dev.auditwebhook.http.guard.ResponseWriter;
import dev.auditwebhook.http.guard.TokenGuard;
import dev.auditwebhook.http.tls.CertificateWatch;
import dev.auditwebhook.http.tls.HandshakeGuard;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.metrics.MetricsFactory;
import dev.auditwebhook.security.ServerOptions;
import dev.auditwebhook.security.VertxOptions;
import dev.auditwebhook.security.VertxResolver;
import dev.auditwebhook.security.access.Keyring;
import dev.auditwebhook.security.access.Role;
import dev.auditwebhook.security.access.UnauthorizedThrottle;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.ext.web.Router;
import java.net.BindException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The server of the API, made for clients that mean no good. */
public final class HttpService {

  /** Ends an answer that nobody reads; above what any answer may take to come. */
  private static final int IDLE_SECONDS = 2 * (int) (ClientLimits.LONGEST_ANSWER / 1000);

  private final HttpServer server;
  private final ConnectionGuard guard;
  private final AttemptsRoute attempts;
  private final TokenGuard tokens;
  private CertificateWatch certificates;

  private HttpService(
      HttpServer server, ConnectionGuard guard, AttemptsRoute attempts, TokenGuard tokens) {
    this.server = server;
    this.guard = guard;
    this.attempts = attempts;
    this.tokens = tokens;
  }

  /** The service when it listens; a failure of one line when it cannot. */
  public static Future<HttpService> start(Vertx vertx, HttpOptions options) {
    int instances = Math.max(1, vertx.getOrCreateContext().getInstanceCount());
    return start(vertx, options, ClientLimits.DEFAULT.among(instances));
  }

  static Future<HttpService> start(Vertx vertx, HttpOptions options, ClientLimits limits) {
    return start(vertx, options, limits, new AttemptsRoute(vertx, options));
  }

  static Future<HttpService> start(
      Vertx vertx, HttpOptions options, ClientLimits limits, AttemptsRoute attempts) {
    UnauthorizedThrottle throttle = CommonLimits.of(vertx, options).throttle();
    return start(vertx, options, limits, attempts, ApiRouter.guard(vertx, options, throttle));
  }

  static Future<HttpService> start(
      Vertx vertx,
      HttpOptions options,
      ClientLimits limits,
      AttemptsRoute attempts,
      TokenGuard tokens) {
    HttpServerOptions serverOptions =
        ServerOptions.read("http.server", options.getServer())
            .setHost(options.getHost())
            .setPort(options.getPort())
            .setIdleTimeout(IDLE_SECONDS)
            .setHttp2ClearTextEnabled(false)
            // There are no web sockets; what reads their extensions bears few requests at once.
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false);
    if (!serverOptions.isSsl()) {
      return refusePlaintext(vertx, options)
          .compose(may -> listen(vertx, options, serverOptions, limits, attempts, tokens));
    }
    SSLEngineOptions engine = serverOptions.getSslEngineOptions();
    if (engine == null || engine instanceof JdkSSLEngineOptions) {
      serverOptions.setSslEngineOptions(new HandshakeGuard((JdkSSLEngineOptions) engine, limits));
    }
    Metrics metrics = MetricsFactory.create(vertx, options.getAddress());
    List<String> files =
        VertxOptions.files("http.server", options.getServer()).stream()
            .map(VertxOptions.NamedFile::file)
            .toList();
    return CertificateWatch.create(vertx, files, serverOptions, metrics)
        .compose(
            watch ->
                listen(vertx, options, serverOptions, limits, attempts, tokens)
                    .onSuccess(service -> service.watch(watch)))
        .onFailure(failure -> metrics.close());
  }

  /** Tokens in clear text are for this machine alone, unless the options say otherwise. */
  private static Future<Void> refusePlaintext(Vertx vertx, HttpOptions options) {
    if (options.isAllowPlaintext()) {
      return Future.succeededFuture();
    }
    return new VertxResolver(vertx)
        .resolve(options.getHost())
        .recover(failure -> Future.failedFuture(cannotListen(options, failure)))
        .map(
            addresses -> {
              if (!addresses.stream().allMatch(InetAddress::isLoopbackAddress)) {
                throw ServerOptions.notLoopback(options.getHost());
              }
              return null;
            });
  }

  private static Future<HttpService> listen(
      Vertx vertx,
      HttpOptions options,
      HttpServerOptions serverOptions,
      ClientLimits limits,
      AttemptsRoute attempts,
      TokenGuard tokens) {
    Router router = ApiRouter.create(vertx, options, limits, attempts, tokens);
    ResponseWriter answers = new ResponseWriter(vertx, limits);
    HttpServer server = vertx.createHttpServer(serverOptions);
    ConnectionGuard guard = new ConnectionGuard(vertx, limits);
    RequestGuard requests = new RequestGuard(answers, limits);
    guard.guard(
        server,
        request -> {
          if (requests.admits(request)) {
            router.handle(request);
          }
        });
    server.invalidRequestHandler(request -> malformed(request, answers));
    server.exceptionHandler(answers::report);
    return server
        .listen()
        .onFailure(failure -> guard.stop())
        .recover(failure -> Future.failedFuture(cannotListen(options, failure)))
        .map(listening -> new HttpService(listening, guard, attempts, tokens));
  }

  private void watch(CertificateWatch watch) {
    certificates = watch;
    watch.start(server);
  }

  public int port() {
    return server.actualPort();
  }

  /** Takes other tokens; streams whose token is no longer valid end. */
  public void tokens(Keyring changed) {
    tokens.replace(changed);
    attempts.endThose(reader -> !tokens.stillAdmits(reader, Role.READ));
  }

  /** Stops: nobody new is let in, streams end, and other requests get a few seconds to end. */
  public Future<Void> stop() {
    guard.stop();
    attempts.end();
    if (certificates != null) {
      certificates.stop();
    }
    return server.shutdown(5, TimeUnit.SECONDS);
  }

  private static void malformed(HttpServerRequest request, ResponseWriter answers) {
    Throwable cause = request.decoderResult().cause();
    answers.problem(
        request,
        cause instanceof TooLongHttpLineException
            ? new Problem(414, "the request line is too long")
            : cause instanceof TooLongHttpHeaderException
                ? new Problem(431, "the headers are too long")
                : Problem.badRequest("the request is malformed"));
    answers.cutLater(request);
  }

  private static Exception cannotListen(HttpOptions options, Throwable failure) {
    String reason = String.valueOf(failure.getMessage());
    String line =
        failure instanceof BindException && reason.contains("in use")
            ? "http.port: %2$s on %1$s is in use"
            : "http: cannot listen on %s port %s: %s";
    String why = reason.lines().findFirst().orElse(failure.getClass().getSimpleName());
    return new IllegalStateException(
        line.formatted(options.getHost(), options.getPort(), why), failure);
  }
}
