package dev.auditwebhook;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A typed client of the addresses, for any program on the event bus.
 *
 * <p>A Future fails with a {@link io.vertx.core.eventbus.ReplyException}: its code is 400 for an
 * invalid request, 404 for something unknown, 409 for what is not possible now, 500 for a fault of
 * the webhook, and -1 when no webhook is deployed or none answered in time.
 */
public final class WebhookClient {

  /**
   * What became of an entry.
   *
   * @param status {@code queued}, {@code dropped} or {@code discarded}
   * @param eventId its number, {@code null} when discarded
   */
  public record Accepted(String status, Long eventId) {}

  /**
   * The webhook's state and totals, as {@code webhook.get} gives them.
   *
   * @param enabled whether there is a URL
   * @param url where events go, empty for nowhere
   * @param circuit {@code closed}, {@code open} or {@code half_open}
   * @param json the whole reply
   */
  public record State(
      boolean enabled,
      String url,
      String circuit,
      long received,
      long delivered,
      long failed,
      long dropped,
      long discarded,
      long pending,
      JsonObject json) {

    private static State of(JsonObject json) {
      return new State(
          json.getBoolean("enabled"),
          json.getString("url"),
          json.getString("circuit"),
          json.getLong("received"),
          json.getLong("delivered"),
          json.getLong("failed"),
          json.getLong("dropped"),
          json.getLong("discarded"),
          json.getLong("pending"),
          json);
    }

    /** Whether received = delivered + failed + dropped + discarded + pending. */
    public boolean isBalanced() {
      return received == delivered + failed + dropped + discarded + pending;
    }
  }

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

  private final EventBus bus;
  private final String entryAddress;
  private final WebhookAddresses addresses;

  private WebhookClient(Vertx vertx, String entryAddress, String address) {
    this.bus = vertx.eventBus();
    this.entryAddress = entryAddress;
    this.addresses = WebhookAddresses.of(address);
  }

  /** A client of the default addresses. */
  public static WebhookClient create(Vertx vertx) {
    return create(vertx, WebhookAddresses.DEFAULT_ENTRY_ADDRESS, WebhookAddresses.DEFAULT_PREFIX);
  }

  /** A client of other addresses. */
  public static WebhookClient create(Vertx vertx, String entryAddress, String address) {
    return new WebhookClient(vertx, entryAddress, address);
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
    return request(addresses.get(), new JsonObject()).map(State::of);
  }

  /** Sets the URL; all that is pending goes there at once. True when the webhook is enabled. */
  public Future<Boolean> setUrl(String url) {
    return set(new JsonObject().put("url", url));
  }

  /** Disables the webhook. What is pending stays so until a URL is set. */
  public Future<Boolean> disable() {
    return setUrl("");
  }

  /** Sets the newest signing secret; the former one signs for 24 hours more. */
  public Future<Boolean> setSecret(String secret) {
    return set(new JsonObject().put("secret", secret));
  }

  /** Sets the wait before a second attempt, in milliseconds. */
  public Future<Boolean> setInitialBackoff(long millis) {
    return set(new JsonObject().put("initial_backoff", millis));
  }

  private Future<Boolean> set(JsonObject request) {
    return request(addresses.set(), request)
        .map(json -> "enabled".equals(json.getString("status")));
  }

  /**
   * Reads dead letters in {@code event_id} order.
   *
   * @param limit at most so many, 1 to 10 000
   * @param after only ids above this one, 0 for all
   */
  public Future<List<DeadLetter>> deadLetters(int limit, long after) {
    return request(addresses.dlq(), new JsonObject().put("limit", limit).put("after", after))
        .map(json -> json.getJsonArray("events", new JsonArray()))
        .map(events -> events.stream().map(event -> DeadLetter.of((JsonObject) event)).toList());
  }

  /** Sends all dead letters again, as far as there is room; says how many. */
  public Future<Integer> redrive() {
    return request(addresses.redrive(), new JsonObject()).map(json -> json.getInteger("redriven"));
  }

  /** Sends these dead letters again; 404 and nothing is done when one is unknown. */
  public Future<Integer> redrive(List<Long> eventIds) {
    return request(addresses.redrive(), ids(eventIds)).map(json -> json.getInteger("redriven"));
  }

  /** Removes all dead letters; says how many. */
  public Future<Integer> purge() {
    return request(addresses.purge(), new JsonObject()).map(json -> json.getInteger("purged"));
  }

  /** Removes these dead letters; 404 and nothing is done when one is unknown. */
  public Future<Integer> purge(List<Long> eventIds) {
    return request(addresses.purge(), ids(eventIds)).map(json -> json.getInteger("purged"));
  }

  private static JsonObject ids(List<Long> eventIds) {
    return new JsonObject().put("event_ids", new JsonArray(eventIds));
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
    return request(addresses.test(), new JsonObject())
        .map(json -> new TestResult(json.getInteger("status"), json.getLong("latency_ms")));
  }

  private Future<JsonObject> request(String address, JsonObject request) {
    return bus.<JsonObject>request(address, request).map(Message::body);
  }
}
