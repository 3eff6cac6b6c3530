package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.http.guard.ClientLimits;
import dev.auditwebhook.security.access.UnauthorizedThrottle;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The budgets of a router that a host has mounted, whose server and event loops are its own. */
@Timeout(60)
class MountedBudgetsTest {

  private final List<HttpClient> clients = new ArrayList<>();
  private static final String HEAVY = "[" + "{\"\":0},".repeat(1000) + "0]";

  private final Vertx vertx = Vertx.vertx();
  private final Router host = Router.router(vertx);
  private final BusWebhook webhook = new BusWebhook(vertx);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private void mount() {
    mount(60_000);
  }

  private void mount(long quietTimeout) {
    webhook
        .replies("audit.entry", new JsonObject())
        .replies("webhook.set", new JsonObject().put("url", "x".repeat(20_000)))
        .replies("webhook.dlq", new JsonObject().put("events", "x".repeat(100_000)));
    HttpOptions options = new HttpOptions().setAdminToken(Api.ADMIN);
    ClientLimits limits =
        new ClientLimits(1 << 20, 3_000, quietTimeout, 100, 1000, 1000, 100_000, 100_000, 100_000);
    host.route("/*")
        .subRouter(
            ApiRouter.create(
                vertx,
                options,
                limits,
                new AttemptsRoute(vertx, options),
                ApiRouter.guard(
                    vertx, options, new UnauthorizedThrottle(UnauthorizedThrottle.LONGEST))));
  }

  /** Serves on event loops of their own, and tells their ports. */
  private List<Integer> serve(int loops) {
    List<Integer> ports = new CopyOnWriteArrayList<>();
    vertx
        .deployVerticle(
            () ->
                new VerticleBase() {
                  @Override
                  public Future<?> start() {
                    return vertx
                        .createHttpServer()
                        .requestHandler(host)
                        .listen(0, "127.0.0.1")
                        .onSuccess(server -> ports.add(server.actualPort()));
                  }
                },
            new DeploymentOptions().setInstances(loops))
        .await();
    return ports;
  }

  private static String post(String query, int length, String body) {
    return "POST /audit%s HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(query, Api.ADMIN, length, body);
  }

  @Test
  void aBodyWhoseClientHasGoneBeforeItGotHereIsGivenBack() throws Exception {
    BlockingQueue<RoutingContext> held = new LinkedBlockingQueue<>();
    BlockingQueue<Context> contexts = new LinkedBlockingQueue<>();
    host.route().handler(BodyHandler.create(false));
    host.route()
        .handler(
            ctx -> {
              if ("slow".equals(ctx.request().query())) {
                contexts.add(Vertx.currentContext());
                held.add(ctx);
              } else {
                ctx.next();
              }
            });
    mount();
    int port = serve(1).get(0);
    RoutingContext gone;
    try (RawClient client = new RawClient(port)) {
      client.send(post("?slow", HEAVY.length(), HEAVY));
      gone = held.poll(20, TimeUnit.SECONDS);
    }
    await().atMost(20, TimeUnit.SECONDS).until(() -> gone.response().closed());
    contexts.take().runOnContext(now -> gone.next());
    try (RawClient client = new RawClient(port)) {
      client.send(post("", HEAVY.length(), HEAVY));
      assertThat(client.readAnswer()).startsWith("HTTP/1.1 202 ");
    }
  }

  @Test
  void aBodyGivesWayOnItsOwnEventLoop() throws Exception {
    List<Boolean> onItsOwn = new CopyOnWriteArrayList<>();
    host.route()
        .handler(
            ctx -> {
              Thread own = Thread.currentThread();
              ctx.addEndHandler(over -> onItsOwn.add(Thread.currentThread() == own));
              ctx.next();
            });
    mount();
    List<Integer> ports = serve(2);
    try (RawClient stalled = new RawClient(ports.get(0));
        RawClient quick = new RawClient(ports.get(1))) {
      stalled.send(post("", 90_000, " ".repeat(80_000))).awaitSilence(200);
      quick.send(post("", 60_000, " ".repeat(60_000 - 2) + "{}"));
      assertThat(stalled.readAnswer()).startsWith("HTTP/1.1 503 ");
      assertThat(quick.readAnswer()).startsWith("HTTP/1.1 202 ");
    }
    await().atMost(20, TimeUnit.SECONDS).until(() -> onItsOwn.size() == 2);
    assertThat(onItsOwn).containsOnly(true);
  }

  /** The answer to a client of HTTP/2 that takes none of it. */
  private Future<HttpClientResponse> getUnread(int port, String path) {
    return unread(port, HttpMethod.GET, path);
  }

  private Future<HttpClientResponse> unread(int port, HttpMethod method, String path) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setInitialSettings(new Http2Settings().setInitialWindowSize(0));
    HttpClient client = vertx.createHttpClient(options);
    clients.add(client); // One that nobody holds is closed when it is collected.
    return client
        .request(method, port, "127.0.0.1", path)
        .compose(
            request ->
                request
                    .putHeader("authorization", "Bearer " + Api.ADMIN)
                    .send(method == HttpMethod.PUT ? "{}" : ""));
  }

  /** Leaves dead letters unread, which take all of their budget from now on. */
  private void leaveDeadLettersUnread(int port) {
    warmUp(port);
    getUnread(port, "/webhook/dlq");
    await().atMost(20, TimeUnit.SECONDS).until(() -> webhook.asked("webhook.dlq").size() == 1);
  }

  /** What is left unread gives way after some time, of which a first request takes much. */
  private static void warmUp(int port) {
    assertThat(new Api(port, null).call("GET", "/health/live").statusCode()).isEqualTo(200);
  }

  private static int change(int port) {
    return new Api(port, Api.ADMIN).call("PUT", "/webhook", "{}").statusCode();
  }

  private static int deadLetters(int port) {
    return new Api(port, Api.ADMIN).call("GET", "/webhook/dlq").statusCode();
  }

  @Test
  void anAnswerThatNobodyReadsEnds() {
    mount(500);
    Future<Void> read = getUnread(serve(1).get(0), "/webhook/dlq").compose(HttpClientResponse::end);
    assertThatThrownBy(() -> read.await(20, TimeUnit.SECONDS))
        .isInstanceOf(StreamResetException.class);
  }

  @Test
  void anAnswerThatNobodyReadsGivesWayToAnother() {
    mount();
    int port = serve(1).get(0);
    leaveDeadLettersUnread(port);
    assertThat(deadLetters(port)).isEqualTo(503);
    await().atMost(20, TimeUnit.SECONDS).until(() -> deadLetters(port) == 200);
  }

  @Test
  void aChangeWhoseReplyHasNoRoomIsNotMade() {
    mount();
    int port = serve(1).get(0);
    warmUp(port);
    unread(port, HttpMethod.PUT, "/webhook");
    await().atMost(20, TimeUnit.SECONDS).until(() -> webhook.asked("webhook.set").size() == 1);
    assertThat(change(port)).isEqualTo(503);
    assertThat(webhook.asked("webhook.set")).hasSize(1);
  }

  @Test
  void whoReadsNothingOfDeadLettersKeepsNobodyFromAChange() {
    mount();
    int port = serve(1).get(0);
    leaveDeadLettersUnread(port);
    assertThat(change(port)).isEqualTo(200);
  }

  @Test
  void aStrangerWhoReadsNothingKeepsNobodyWithATokenFromAnAnswer() {
    mount();
    int port = serve(1).get(0);
    assertThat(getUnread(port, "/console/pico.min.css").await().statusCode()).isEqualTo(200);
    assertThat(deadLetters(port)).isEqualTo(200);
  }
}
