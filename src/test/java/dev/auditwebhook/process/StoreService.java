package dev.auditwebhook.process;

import static dev.auditwebhook.testing.Webhooks.result;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The service in a JVM of its own, with a store that outlives it, asked over HTTP. */
final class StoreService implements AutoCloseable {

  private static final String TOKEN = "token-of-these-tests";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Vertx vertx = Vertx.vertx();
  private final WebClient client =
      WebClient.create(vertx, new WebClientOptions(), new PoolOptions().setHttp1MaxSize(64));
  private final JarProcess process;
  private final URI uri;

  private StoreService(JarProcess process, URI uri) {
    this.process = process;
    this.uri = uri;
  }

  /** Starts it as any JVM starts. */
  static StoreService start(Path directory, JsonObject webhook) throws IOException {
    return start(directory, webhook, List.of(), List.of());
  }

  /**
   * Starts it and waits until it listens.
   *
   * @param directory where its configuration is, and its store, when that is on disk
   * @param webhook its options; without a store, that is on disk
   * @param wrapper a command that runs it
   * @param jvm options of its JVM
   */
  static StoreService start(
      Path directory, JsonObject webhook, List<String> wrapper, List<String> jvm)
      throws IOException {
    return listening(launch(directory, webhook, wrapper, jvm));
  }

  /** As {@link #start(Path, JsonObject, List, List)}, but waits for nothing. */
  static JarProcess launch(
      Path directory, JsonObject webhook, List<String> wrapper, List<String> jvm)
      throws IOException {
    JsonObject onDisk =
        new JsonObject().put("type", "file").put("path", directory.resolve("data").toString());
    JsonObject conf =
        new JsonObject()
            .put("webhook", new JsonObject().put("store", onDisk).mergeIn(webhook))
            .put("http", new JsonObject().put("port", 0));
    Path file = Files.writeString(directory.resolve("service.json"), conf.encode());
    List<String> options = new ArrayList<>(jvm);
    options.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    options.addAll(List.of("-cp", System.getProperty("java.class.path")));
    options.add("-Dlogback.configurationFile=dev/auditwebhook/logging.xml");
    return JarProcess.start(
        directory,
        Map.of("WEBHOOK_ADMIN_TOKEN", TOKEN),
        wrapper,
        options,
        "serve",
        file.toString());
  }

  /** What was launched, once it listens. */
  static StoreService listening(JarProcess process) {
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              assertThat(process.isAlive()).as(process.err()).isTrue();
              return process.out().contains("Listening on ");
            });
    String url = process.out().strip().split("Listening on ")[1].lines().findFirst().orElseThrow();
    return new StoreService(process, URI.create(url));
  }

  JarProcess process() {
    return process;
  }

  /** Posts an entry; the answer has its status and body. */
  Future<HttpResponse<Buffer>> post(JsonObject entry) {
    return client
        .post(uri.getPort(), uri.getHost(), "/audit")
        .bearerTokenAuthentication(TOKEN)
        .sendJsonObject(entry);
  }

  Future<HttpResponse<Buffer>> ask(String path) {
    return client.get(uri.getPort(), uri.getHost(), path).bearerTokenAuthentication(TOKEN).send();
  }

  HttpResponse<Buffer> get(String path) {
    try {
      return result(ask(path));
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "no answer; alive: " + process.isAlive() + ", said: " + process.err(), e);
    }
  }

  /** Asks for a change, which must be served. */
  JsonObject change(HttpMethod method, String path, JsonObject body) {
    HttpResponse<Buffer> response =
        result(
            client
                .request(method, uri.getPort(), uri.getHost(), path)
                .bearerTokenAuthentication(TOKEN)
                .sendBuffer(body == null ? Buffer.buffer() : body.toBuffer()));
    assertThat(response.statusCode()).as("%s", response.bodyAsString()).isBetween(200, 299);
    return response.bodyAsJsonObject();
  }

  /** The state, whose ledger must be balanced. */
  JsonObject state() {
    return balanced(get("/webhook").bodyAsJsonObject());
  }

  /** The states of all endpoints, by id; each ledger must be balanced. */
  Map<String, JsonObject> states() {
    return get("/endpoints").bodyAsJsonObject().getJsonArray("endpoints").stream()
        .map(state -> balanced((JsonObject) state))
        .collect(toMap(state -> state.getString("endpoint"), state -> state));
  }

  private static JsonObject balanced(JsonObject state) {
    assertThat(isBalanced(state)).as("ledger %s", state).isTrue();
    return state;
  }

  /** Whether the numbers of a state add up. */
  static boolean isBalanced(JsonObject state) {
    long ended =
        state.getLong("delivered")
            + state.getLong("failed")
            + state.getLong("dropped")
            + state.getLong("discarded");
    return ended + state.getLong("pending") == state.getLong("received");
  }

  @Override
  public void close() {
    process.close();
    result(vertx.close());
  }
}
