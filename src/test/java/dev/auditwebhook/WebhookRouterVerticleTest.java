package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.testing.LogLines;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WebhookRouterVerticleTest {

  private static final String TOKEN = "token-of-these-tests";
  private static final String OTHER = "another-token-of-these-tests";
  private static final Pattern TOKEN_LINE = Pattern.compile("[^\n]*made at start, is in (\\S+)\n");

  private final HttpClient client = HttpClient.newHttpClient();
  private final PrintStream console = System.out;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private Vertx vertx;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    vertx
        .eventBus()
        .consumer("webhook.get", message -> message.reply(new JsonObject().put("ok", true)));
    vertx
        .eventBus()
        .consumer("audit.entry", message -> message.reply(new JsonObject().put("event_id", 1)));
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void close() {
    System.setOut(console);
    vertx.close().await();
  }

  private HttpResponse<String> get(int port, String path, String token) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", "Bearer " + token)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private Path printedFile() {
    Matcher line = TOKEN_LINE.matcher(printed.toString(StandardCharsets.UTF_8));
    assertThat(line.matches()).as("exactly one line").isTrue();
    return Path.of(line.group(1));
  }

  private String printedToken() throws IOException {
    return Files.readString(printedFile()).stripTrailing();
  }

  @Test
  void servesWithItsConfigurationAndMakesAToken() throws Exception {
    WebhookRouterVerticle verticle = new WebhookRouterVerticle();
    vertx
        .deployVerticle(
            verticle, new DeploymentOptions().setConfig(new JsonObject().put("port", 0)))
        .await();
    String token = printedToken();
    assertThat(token).hasSizeGreaterThanOrEqualTo(22);
    assertThat(get(verticle.actualPort(), "/webhook", token).body()).isEqualTo("{\"ok\":true}");
    assertThat(get(verticle.actualPort(), "/webhook", "x").statusCode()).isEqualTo(401);
  }

  @Test
  void theTokenThatIsMadeIsItsOwnersAndEndsWithTheVerticle() throws Exception {
    HttpOptions options = new HttpOptions().setPort(0);
    String id = vertx.deployVerticle(new WebhookRouterVerticle(options)).await();
    Path file = printedFile();
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain(printedToken());
    vertx.undeploy(id).await();
    assertThat(file).doesNotExist();
  }

  @Test
  void aTokenThatCannotBeWrittenFailsTheStart() {
    String directory = System.setProperty("java.io.tmpdir", "/nowhere/at/all");
    try {
      String line =
          "http.adminToken: is empty, and the token made at start cannot be written to"
              + " /nowhere/at/all: no such directory";
      HttpOptions options = new HttpOptions().setPort(0);
      assertThatThrownBy(() -> vertx.deployVerticle(new WebhookRouterVerticle(options)).await())
          .hasMessage(line);
      assertThatThrownBy(() -> WebhookRouterVerticle.router(vertx, new JsonObject()).await())
          .hasMessage(line);
      assertThat(vertx.deploymentIDs()).isEmpty();
    } finally {
      System.setProperty("java.io.tmpdir", directory);
    }
  }

  @Test
  void takesOtherTokensWhileItServes() throws Exception {
    WebhookRouterVerticle verticle =
        new WebhookRouterVerticle(new HttpOptions().setPort(0).setAdminToken(TOKEN));
    verticle.tokens(new HttpOptions().setAdminToken(OTHER));
    vertx.deployVerticle(verticle).await();
    int port = verticle.actualPort();
    try (LogLines lines = new LogLines()) {
      verticle.tokens(
          new HttpOptions()
              .setAdminToken(OTHER)
              .addToken(new TokenOptions().setName("ops").setRole("read").setToken(TOKEN)));
      assertThat(get(port, "/webhook", OTHER).statusCode()).isEqualTo(200);
      assertThat(get(port, "/token", TOKEN).body()).contains("\"ops\"", "\"read\"");
      verticle.tokens(new HttpOptions().setAdminToken(OTHER));
      assertThat(get(port, "/webhook", TOKEN).statusCode()).isEqualTo(401);
      assertThat(lines.all())
          .containsExactly(
              "INFO Tokens from now on: admin (admin), ops (read)",
              "INFO Tokens from now on: admin (admin)");
    }
  }

  @Test
  void refusesTokensThatCannotBeTakenAndKeepsTheFormer() throws Exception {
    WebhookRouterVerticle verticle =
        new WebhookRouterVerticle(new HttpOptions().setPort(0).setAdminToken(TOKEN));
    vertx.deployVerticle(verticle).await();
    assertThatThrownBy(() -> verticle.tokens(new HttpOptions()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "http.adminToken: must not be emptied while it serves, as one is made at start alone");
    assertThatThrownBy(() -> verticle.tokens(new HttpOptions().setAdminToken(null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("http.adminToken: whether the routes are guarded is settled at start");
    assertThatThrownBy(() -> verticle.tokens(new HttpOptions().setAdminToken("short")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("http.adminToken: must have at least 20 characters");
    assertThat(get(verticle.actualPort(), "/webhook", TOKEN).statusCode()).isEqualTo(200);
    assertThat(get(verticle.actualPort(), "/webhook", "").statusCode()).isEqualTo(401);
  }

  @Test
  void anEmptyAdminTokenMeansTheOneThatWasMade() throws Exception {
    WebhookRouterVerticle verticle = new WebhookRouterVerticle(new HttpOptions().setPort(0));
    vertx.deployVerticle(verticle).await();
    int port = verticle.actualPort();
    String made = printedToken();
    verticle.tokens(new HttpOptions().setIngestToken(OTHER));
    assertThat(get(port, "/webhook", made).statusCode()).isEqualTo(200);
    verticle.tokens(new HttpOptions().setAdminToken(TOKEN));
    assertThat(get(port, "/webhook", made).statusCode()).isEqualTo(401);
    verticle.tokens(new HttpOptions());
    assertThat(get(port, "/webhook", made).statusCode()).isEqualTo(200);
  }

  @Test
  void servesWithOptionsAndPrintsNoTokenOfTheirs() throws Exception {
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(TOKEN);
    WebhookRouterVerticle verticle = new WebhookRouterVerticle(options);
    options.setAdminToken("changed later");
    vertx.deployVerticle(verticle).await();
    assertThat(get(verticle.actualPort(), "/webhook", TOKEN).statusCode()).isEqualTo(200);
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void withoutATokenItDoesNotServeByItself() {
    WebhookRouterVerticle verticle =
        new WebhookRouterVerticle(new HttpOptions().setPort(0).setAdminToken(null));
    assertThatThrownBy(() -> vertx.deployVerticle(verticle).await())
        .hasMessage(
            "http.adminToken: null is for a router that a host guards; set a token, or \"\" to have"
                + " one made");
  }

  @Test
  void mountedWithoutATokenNobodyIsAsked() throws Exception {
    Router host = Router.router(vertx);
    host.route("/*")
        .subRouter(
            WebhookRouterVerticle.router(vertx, new JsonObject().putNull("adminToken")).await());
    int port =
        vertx.createHttpServer().requestHandler(host).listen(0, "127.0.0.1").await().actualPort();
    assertThat(get(port, "/webhook", "any").statusCode()).isEqualTo(200);
  }

  @Test
  void disabledItOpensNoPort() {
    WebhookRouterVerticle verticle =
        new WebhookRouterVerticle(new HttpOptions().setPort(0).setEnabled(false));
    String id = vertx.deployVerticle(verticle).await();
    assertThat(verticle.actualPort()).isZero();
    vertx.undeploy(id).await();
  }

  @Test
  void aPortInUseFailsWithOneLine() {
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(TOKEN);
    Vertx other = Vertx.vertx();
    try {
      WebhookRouterVerticle first = new WebhookRouterVerticle(options);
      other.deployVerticle(first).await();
      int port = first.actualPort();
      WebhookRouterVerticle second =
          new WebhookRouterVerticle(new HttpOptions(options).setPort(port).setAdminToken(""));
      assertThatThrownBy(() -> vertx.deployVerticle(second).await())
          .hasMessage("http.port: " + port + " on 127.0.0.1 is in use");
      assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
      assertThat(vertx.deploymentIDs()).isEmpty();
    } finally {
      other.close().await();
    }
  }

  @Test
  void anAddressOfAnotherMachineFailsWithOneLine() {
    HttpOptions options = new HttpOptions().setPort(0).setHost("192.0.2.1").setAllowPlaintext(true);
    assertThatThrownBy(() -> vertx.deployVerticle(new WebhookRouterVerticle(options)).await())
        .hasMessageMatching("http: cannot listen on 192\\.0\\.2\\.1 port 0: [^\\n]+");
  }

  @Test
  void badOptionsFailTheDeployment() {
    DeploymentOptions typo = new DeploymentOptions().setConfig(new JsonObject().put("prot", 1));
    assertThatThrownBy(() -> vertx.deployVerticle(new WebhookRouterVerticle(), typo).await())
        .hasMessage("http.prot: unknown key");
    HttpOptions set = new HttpOptions().setPort(70_000);
    assertThatThrownBy(() -> vertx.deployVerticle(new WebhookRouterVerticle(set)).await())
        .hasMessage("http.port: must be a whole number from 0 to 65535, was 70000");
  }

  @Test
  void severalInstancesNeedATokenInCommon() {
    DeploymentOptions two = new DeploymentOptions().setInstances(2);
    assertThatThrownBy(
            () ->
                vertx
                    .deployVerticle(
                        () -> new WebhookRouterVerticle(new HttpOptions().setPort(0)), two)
                    .await())
        .hasMessage("http.adminToken: must be set when there is more than one instance");
  }

  @Test
  void undeployedItAnswersWhatItHasAndClosesThePort() throws Exception {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    CompletableFuture<Void> release = new CompletableFuture<>();
    vertx
        .eventBus()
        .consumer(
            "webhook.dlq",
            message -> {
              asked.complete(null);
              release.thenRun(() -> message.reply(new JsonObject().put("late", true)));
            });
    WebhookRouterVerticle verticle =
        new WebhookRouterVerticle(new HttpOptions().setPort(0).setAdminToken(TOKEN));
    String id = vertx.deployVerticle(verticle).await();
    int port = verticle.actualPort();
    get(port, "/webhook", TOKEN);
    CompletableFuture<HttpResponse<String>> inHand =
        client.sendAsync(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/webhook/dlq"))
                .header("Authorization", "Bearer " + TOKEN)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    asked.get(10, TimeUnit.SECONDS);
    var undeployed = vertx.undeploy(id).toCompletionStage().toCompletableFuture();
    release.complete(null);
    assertThat(inHand.get(10, TimeUnit.SECONDS).body()).isEqualTo("{\"late\":true}");
    undeployed.get(10, TimeUnit.SECONDS);
    assertThatThrownBy(() -> get(port, "/webhook", TOKEN)).isInstanceOf(ConnectException.class);
  }

  @Test
  void itsRouterCanBeMountedInAnother() throws Exception {
    int port = mount("/admin/*", new JsonObject().put("adminToken", TOKEN), false);
    assertMounted(port, "/admin", TOKEN);
    assertThat(get(port, "/webhook", TOKEN).statusCode()).isEqualTo(404);
    assertThat(get(port, "/own", "x").body()).isEqualTo("the host's");
  }

  @Test
  void itsRouterCanBeMountedBehindABodyHandler() throws Exception {
    assertMounted(mount("/a/b/*", new JsonObject().put("adminToken", TOKEN), true), "/a/b", TOKEN);
  }

  @Test
  void aPurgeWhoseBodyIsLostOrNotReadInTheHostPurgesNothing() throws Exception {
    List<Object> purged = new CopyOnWriteArrayList<>();
    vertx
        .eventBus()
        .consumer(
            "webhook.dlq.purge",
            message -> {
              purged.add(message.body());
              message.reply(new JsonObject().put("purged", 1));
            });
    for (boolean bodyHandler : List.of(true, false)) {
      int port = mount("/admin/*", new JsonObject().put("adminToken", TOKEN), bodyHandler);
      assertThat(purge(port, "application/json", "")).isEqualTo(400);
      assertThat(purge(port, "multipart/form-data; boundary=x", "--x--\r\n")).isEqualTo(400);
      assertThat(purged).isEmpty();
      assertThat(purge(port, "application/x-www-form-urlencoded", "{\"all\":true}")).isEqualTo(200);
      assertThat(purged).containsExactly(new JsonObject());
      purged.clear();
    }
  }

  private int purge(int port, String contentType, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/admin/webhook/dlq/purge"))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  void itsRouterCanBeMountedAtTheRoot() throws Exception {
    int port = mount("/*", new JsonObject(), false);
    assertMounted(port, "", printedToken());
    assertThat(get(port, "/own", "x").body()).isEqualTo("the host's");
  }

  @Test
  void aRouterOfBadOptionsFails() {
    var router = WebhookRouterVerticle.router(vertx, new JsonObject().put("ingestToken", ""));
    assertThatThrownBy(router::await)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("http.ingestToken: ");
  }

  private int mount(String path, JsonObject http, boolean bodyHandler) {
    Router host = Router.router(vertx);
    if (bodyHandler) {
      host.route().handler(BodyHandler.create(false));
    }
    host.get("/own").handler(ctx -> ctx.end("the host's"));
    host.route(path).subRouter(WebhookRouterVerticle.router(vertx, http).await());
    HttpServer server = vertx.createHttpServer().requestHandler(host);
    return server.listen(0, "127.0.0.1").await().actualPort();
  }

  private void assertMounted(int port, String base, String token) throws Exception {
    assertThat(get(port, base + "/webhook", token).body()).isEqualTo("{\"ok\":true}");
    assertThat(get(port, base + "/webhook", "x").statusCode()).isEqualTo(401);
    assertThat(get(port, base + "/nothing", token).statusCode()).isEqualTo(404);
    assertThat(get(port, base + "/nothing", token).body()).contains("\"type\":\"about:blank\"");
    assertThat(get(port, base + "/health/live", "x").statusCode()).isEqualTo(200);
    assertThat(get(port, base + "/health/ready", "x").statusCode()).isEqualTo(503);
    assertThat(get(port, base + "/audit", token).statusCode()).isEqualTo(405);
    assertThat(get(port, base + "/", "x").body()).startsWith("<!doctype html>");
    for (String body : List.of("{\"action\":\"a\"}", "", "[".repeat(5000))) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + base + "/audit"))
                  .header("Authorization", "Bearer " + token)
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(body.startsWith("{") ? 202 : 400);
    }
  }
}
