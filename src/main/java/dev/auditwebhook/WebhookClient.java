package dev.auditwebhook;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A typed client of the addresses, for any program on the event bus.
 *
 * <p>A Future fails with a {@link io.vertx.core.eventbus.ReplyException}: its code is 400 for an
 * invalid request, 404 for something unknown, 409 for what is not possible now, 500 for a fault of
 * the webhook, 503 for what it cannot keep or reach now, and -1 when no webhook is deployed or none
 * answered in time.
 */
public final class WebhookClient {

  /**
   * What became of an entry.
   *
   * @param status {@code queued}, {@code dropped} or {@code discarded}
   * @param eventId its number, {@code null} when discarded
   */
  public record Accepted(String status, Long eventId) {}

  /** Whether the webhook sends: it has a URL, has none, or is paused. */
  public enum Status {
    ENABLED,
    DISABLED,
    PAUSED
  }

  /** State and totals, as {@code webhook.get} gives them; {@code json} is the whole reply. */
  public record State(JsonObject json) implements WebhookState {}

  /** One of the nodes that are one webhook; {@code json} is all that is said of it. */
  public record Node(JsonObject json) implements WebhookNode {}

  /**
   * A dead letter, its details redacted.
   *
   * @param status the last status, {@code null} when no answer came
   * @param details {@code null} when there are none
   * @param response the first 1 KiB of the last answer, {@code null} when none came
   */
  public record DeadLetter(
      long eventId,
      String messageId,
      String action,
      String timestamp,
      Object details,
      int attempts,
      Integer status,
      String error,
      String response,
      String failedAt) {

    private static DeadLetter of(JsonObject json) {
      return new DeadLetter(
          json.getLong("event_id"),
          json.getString("message_id"),
          json.getString("action"),
          json.getString("timestamp"),
          json.getValue("details"),
          json.getInteger("attempts"),
          json.getInteger("status"),
          json.getString("error"),
          json.getString("response"),
          json.getString("failed_at"));
    }
  }

  /**
   * Dead letters as one reply has them: it holds at most 4 MiB, so perhaps fewer than asked for.
   *
   * @param nextAfter where to read on, {@code null} at the end
   */
  public record DeadLetterPage(List<DeadLetter> letters, Long nextAfter) {}

  /**
   * A verdict of the webhook on itself.
   *
   * @param good whether it is ready, or healthy
   * @param reasons why not: each begins with a fixed word, such as {@code nearly_full 950 of 1024}
   */
  public record Health(boolean good, List<String> reasons) {

    private static Health of(JsonObject json, String verdict) {
      return new Health(
          json.getBoolean(verdict),
          json.getJsonArray("reasons").stream().map(String::valueOf).toList());
    }
  }

  private final EventBus bus;
  private final String entryAddress;
  private final WebhookAddresses addresses;
  private final String endpoint;

  private WebhookClient(
      EventBus bus, String entryAddress, WebhookAddresses addresses, String endpoint) {
    this.bus = bus;
    this.entryAddress = entryAddress;
    this.addresses = addresses;
    this.endpoint = endpoint;
  }

  /** A client of the default addresses. */
  public static WebhookClient create(Vertx vertx) {
    return create(vertx, WebhookAddresses.DEFAULT_ENTRY_ADDRESS, WebhookAddresses.DEFAULT_PREFIX);
  }

  /** A client of other addresses. */
  public static WebhookClient create(Vertx vertx, String entryAddress, String address) {
    return new WebhookClient(vertx.eventBus(), entryAddress, WebhookAddresses.of(address), null);
  }

  /** A client of one endpoint, which its requests name; without it they mean {@code default}. */
  public WebhookClient endpoint(String id) {
    return new WebhookClient(bus, entryAddress, addresses, Objects.requireNonNull(id, "id"));
  }

  /** Publishes an event and does not wait for what becomes of it. */
  public void publish(AuditEvent event) {
    bus.publish(entryAddress, event.toJson());
  }

  /** Sends an event and says what became of it, once it is where the store promises to keep it. */
  public Future<Accepted> request(AuditEvent event) {
    return request(entryAddress, event.toJson())
        .map(json -> new Accepted(json.getString("status"), json.getLong("event_id")));
  }

  /** Reads state and totals. */
  public Future<State> get() {
    return request(addresses.get(), named()).map(State::new);
  }

  /** Whether entries can be accepted and kept: by any endpoint, or by the one of this client. */
  public Future<Health> ready() {
    return request(addresses.ready(), named()).map(json -> Health.of(json, "ready"));
  }

  /** Whether events are delivered: to all endpoints, or to the one of this client. */
  public Future<Health> health() {
    return request(addresses.health(), named()).map(json -> Health.of(json, "healthy"));
  }

  /** Reads state and totals of all endpoints, {@code default} first, then by id. */
  public Future<List<State>> endpoints() {
    return request(addresses.endpoints(), new JsonObject())
        .map(json -> list(json, "endpoints", State::new));
  }

  /**
   * Lists the nodes that share the store, and which were there lately; one when it is not shared.
   */
  public Future<List<Node>> nodes() {
    return request(addresses.nodes(), new JsonObject()).map(json -> list(json, "nodes", Node::new));
  }

  private static <T> List<T> list(JsonObject json, String key, Function<JsonObject, T> each) {
    return json.getJsonArray(key).stream().map(JsonObject.class::cast).map(each).toList();
  }

  /** Makes an endpoint, or replaces its whole configuration; says whether it was made. */
  public Future<Boolean> put(String id, EndpointOptions config) {
    return request(addresses.put(), naming(id).put("config", config.toJson()))
        .map(json -> json.getBoolean("created"));
  }

  /** Removes an endpoint; says how many pending events it had, which are given up. */
  public Future<Long> remove(String id) {
    return request(addresses.remove(), naming(id)).map(json -> json.getLong("abandoned"));
  }

  /** Sets the URL; all that is pending goes there at once. A new one ends a pause. */
  public Future<Status> setUrl(String url) {
    return set(named().put("url", url));
  }

  /** Disables the endpoint. What is pending stays so until a URL is set. */
  public Future<Status> disable() {
    return setUrl("");
  }

  /** Goes on accepting, and sends nothing until it is resumed; 409 while there is no URL. */
  public Future<Status> pause() {
    return set(named().put("paused", true));
  }

  /** Ends a pause, whether it was asked for or came from a 410. */
  public Future<Status> resume() {
    return set(named().put("paused", false));
  }

  /** Sets the newest signing secret; the former one signs for 24 hours more. */
  public Future<Status> setSecret(String secret) {
    return set(named().put("secret", secret));
  }

  /** Sets the one signing secret; the former ones end at once. */
  public Future<Status> replaceSecrets(String secret) {
    return set(named().put("secret", secret).put("revoke", true));
  }

  /** Sets the wait before a second attempt, in milliseconds. */
  public Future<Status> setInitialBackoff(long millis) {
    return set(named().put("initial_backoff", millis));
  }

  private Future<Status> set(JsonObject request) {
    return request(addresses.set(), request)
        .map(json -> Status.valueOf(json.getString("status").toUpperCase(Locale.ROOT)));
  }

  /**
   * Reads dead letters in {@code event_id} order, by as many requests as it takes.
   *
   * @param limit at most so many, 1 to 10 000
   * @param after only ids above this one, 0 for all
   */
  public Future<List<DeadLetter>> deadLetters(int limit, long after) {
    return deadLetterPage(limit, after)
        .compose(
            page -> {
              List<DeadLetter> letters = page.letters();
              int missing = limit - letters.size();
              return page.nextAfter() == null || missing <= 0
                  ? Future.succeededFuture(letters)
                  : deadLetters(missing, page.nextAfter())
                      .map(more -> Stream.concat(letters.stream(), more.stream()).toList());
            });
  }

  /** As {@link #deadLetters}, but no more of them than one reply takes. */
  public Future<DeadLetterPage> deadLetterPage(int limit, long after) {
    return request(addresses.dlq(), named().put("limit", limit).put("after", after))
        .map(
            json ->
                new DeadLetterPage(
                    list(json, "events", DeadLetter::of), json.getLong("next_after")));
  }

  /** Sends all dead letters again, as far as there is room; says how many. */
  public Future<Integer> redrive() {
    return count("redriven", addresses.redrive(), named());
  }

  /** Sends these dead letters again; 404 and nothing is done when one is unknown. */
  public Future<Integer> redrive(List<Long> eventIds) {
    return count("redriven", addresses.redrive(), named().put("event_ids", eventIds));
  }

  /** Removes all dead letters; says how many. */
  public Future<Integer> purgeAll() {
    return count("purged", addresses.purge(), named());
  }

  /** Removes these dead letters; 404 and nothing is done when one is unknown. */
  public Future<Integer> purge(List<Long> eventIds) {
    return count("purged", addresses.purge(), named().put("event_ids", eventIds));
  }

  private Future<Integer> count(String result, String address, JsonObject request) {
    return request(address, request).map(json -> json.getInteger(result));
  }

  /**
   * What came back from a test.
   *
   * @param status the receiver's status, whatever it is
   * @param latencyMillis how long it took
   */
  public record TestResult(int status, long latencyMillis) {}

  /** Sends one test event now; fails with code 502 and the reason when no answer came. */
  public Future<TestResult> test() {
    return request(addresses.test(), named())
        .map(json -> new TestResult(json.getInteger("status"), json.getLong("latency_ms")));
  }

  private JsonObject named() {
    return endpoint == null ? new JsonObject() : naming(endpoint);
  }

  private static JsonObject naming(String id) {
    return new JsonObject().put("endpoint", id);
  }

  private Future<JsonObject> request(String address, JsonObject request) {
    return bus.<JsonObject>request(address, request).map(Message::body);
  }
}
