package dev.auditwebhook.testing;

import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.result;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.WebhookRouterVerticle;
import dev.auditwebhook.WebhookVerticle;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A webhook on a real bus and a scripted receiver on a real socket. After each test the ledger must
 * be balanced.
 *
 * <p>As a field of a test class with {@code @RegisterExtension} it is made and closed with each
 * test, those of nested classes included. With {@code -Dwebhook.test.store=file} or {@code
 * postgres} every webhook keeps its events there, with the same bounds.
 */
public final class WebhookExtension implements AfterEachCallback, AutoCloseable {

  private final Vertx elsewhere = Vertx.vertx();
  private final ScriptedReceiver receiver = ScriptedReceiver.start(elsewhere);
  private final Path directory;
  private Vertx vertx;
  private WebhookClient client;
  private String deployment;

  public WebhookExtension() {
    this(Vertx.vertx());
  }

  /**
   * A webhook on a Vert.x of the test's own.
   *
   * @param vertx closed after the test
   */
  public WebhookExtension(Vertx vertx) {
    use(vertx);
    try {
      directory = Files.createTempDirectory("webhook");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void use(Vertx vertx) {
    this.vertx = vertx;
    client = WebhookClient.create(vertx);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    close();
  }

  /** Checks all ledgers, if the webhook is deployed, and closes and removes all that there was. */
  @Override
  public void close() {
    try {
      if (deployment != null) {
        states();
      }
    } finally {
      result(Future.join(vertx.close(), elsewhere.close()));
      Webhooks.removeStores(directory);
      removeDirectory();
    }
  }

  private void removeDirectory() {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The Vert.x of the webhook. */
  public Vertx vertx() {
    return vertx;
  }

  /** Where receivers live, so that they outlive the webhook's Vert.x. */
  public Vertx elsewhere() {
    return elsewhere;
  }

  /** A directory for this test alone. */
  public Path directory() {
    return directory;
  }

  public ScriptedReceiver receiver() {
    return receiver;
  }

  public ScriptedReceiver anotherReceiver() {
    return ScriptedReceiver.start(elsewhere);
  }

  /** A receiver below HTTP. */
  public RawReceiver rawReceiver(Function<RawReceiver.Received, RawEffect> effects) {
    return RawReceiver.start(elsewhere, effects);
  }

  public WebhookClient client() {
    return client;
  }

  /** Options with short times, and the receiver's URL. */
  public WebhookOptions options() {
    return circuit(
        new WebhookOptions()
            .setUrl(receiver.url())
            .setInitialBackoff(20)
            .setJitter(0)
            .setDrainTimeout(300),
        1_000,
        1_000);
  }

  /** The same, with a store on disk in any run. */
  public WebhookOptions optionsOnDisk() {
    return Webhooks.onDisk(options(), directory.resolve("data"));
  }

  /** Options of an endpoint with short times, and the URL of a receiver. */
  public EndpointOptions endpoint(ScriptedReceiver of) {
    return new EndpointOptions()
        .setUrl(of.url())
        .setInitialBackoff(20)
        .setJitter(0)
        .setCircuitBreaker(new CircuitOptions().setMaxFailures(1_000));
  }

  public void deploy() {
    deploy(options());
  }

  public void deploy(WebhookOptions options) {
    deploy(verticle(options), new DeploymentOptions());
  }

  public void deploy(Deployable verticle, DeploymentOptions options) {
    deployment = result(vertx.deployVerticle(verticle, options));
  }

  /** Another one beside it, on addresses of its own. */
  public void deployAnother(WebhookOptions options) {
    result(vertx.deployVerticle(verticle(options)));
  }

  /** Serves it over HTTP too, on a random port, which is the result. */
  public int serveHttp(String adminToken) {
    WebhookRouterVerticle router =
        new WebhookRouterVerticle(new HttpOptions().setPort(0).setAdminToken(adminToken));
    result(vertx.deployVerticle(router));
    return router.actualPort();
  }

  /** A webhook on the store that this run tests, unless the options have chosen one. */
  public WebhookVerticle verticle(WebhookOptions options) {
    return new WebhookVerticle(Webhooks.onStore(options, directory));
  }

  /** Undeploys it, which must take less time than a test waits. */
  public void undeploy() {
    String id = deployment;
    deployment = null;
    result(vertx.undeploy(id));
  }

  /** Ends as a process does, without an undeploy: nothing in memory is left. */
  public void end() {
    deployment = null;
    result(vertx.close());
  }

  /** Ends, and starts in a Vert.x of its own, which is as good as a new process. */
  public void restart(WebhookOptions options) {
    if (deployment != null) {
      undeploy();
    }
    end();
    use(Vertx.vertx());
    deploy(options);
  }

  public void publish(String action, Object details) {
    client.publish(AuditEvent.of(action, details));
  }

  public void publish(int events) {
    for (int i = 1; i <= events; i++) {
      publish("node.registered", new JsonObject().put("n", i));
    }
  }

  /** What the webhook replies at one of its addresses. */
  public JsonObject request(String address, Object body) {
    return result(vertx.eventBus().<JsonObject>request(address, body)).body();
  }

  /** The failure that a request at one of its addresses must end in. */
  public ReplyException refusal(String address, Object body) {
    return Webhooks.refusal(vertx.eventBus().request(address, body));
  }

  /** The reply to a change of one setting. */
  public JsonObject set(String key, Object value) {
    return request("webhook.set", new JsonObject().put(key, value));
  }

  /** Makes or replaces an endpoint at run time; says whether it was made. */
  public boolean put(String id, EndpointOptions config) {
    return result(client.put(id, config));
  }

  /** The state, whose ledger must be balanced. */
  public WebhookClient.State state() {
    return balanced(result(client.get()));
  }

  /** The state of an endpoint, whose ledger must be balanced. */
  public WebhookClient.State state(String id) {
    return balanced(result(client.endpoint(id).get()));
  }

  /** The states of all endpoints, by id; each ledger must be balanced. */
  public Map<String, WebhookClient.State> states() {
    return result(client.endpoints()).stream()
        .collect(toMap(WebhookClient.State::endpoint, WebhookExtension::balanced));
  }

  private static WebhookClient.State balanced(WebhookClient.State state) {
    assertThat(state.isBalanced()).as("ledger %s", state.json()).isTrue();
    return state;
  }

  /** Waits until the state is as wanted, and checks the ledger at every look. */
  public WebhookClient.State awaitState(Predicate<WebhookClient.State> wanted) {
    return await(this::state, wanted);
  }

  /** As {@link #awaitState(Predicate)}, of an endpoint. */
  public WebhookClient.State awaitState(String id, Predicate<WebhookClient.State> wanted) {
    return await(() -> state(id), wanted);
  }

  private static WebhookClient.State await(
      Callable<WebhookClient.State> state, Predicate<WebhookClient.State> wanted) {
    return Awaitility.await().until(state, wanted);
  }

  public WebhookClient.State awaitCircuit(String wanted) {
    return awaitState(state -> state.circuit().equals(wanted));
  }

  /** Waits until nothing is pending after so many entries arrived. */
  public WebhookClient.State awaitSettled(long received) {
    return awaitState(state -> state.received() == received && state.pending() == 0);
  }

  /** As {@link #awaitSettled(long)}, of an endpoint. */
  public WebhookClient.State awaitSettled(String id, long received) {
    return awaitState(id, state -> state.received() == received && state.pending() == 0);
  }

  /** The dead letters, oldest first, as far as the webhook keeps them. */
  public List<WebhookClient.DeadLetter> deadLetters() {
    return result(client.deadLetters(1_000, 0));
  }

  /** The reports of attempts from now on. */
  public List<JsonObject> attempts() {
    List<JsonObject> attempts = new CopyOnWriteArrayList<>();
    vertx
        .eventBus()
        .<JsonObject>localConsumer("webhook.attempts", report -> attempts.add(report.body()));
    return attempts;
  }
}
