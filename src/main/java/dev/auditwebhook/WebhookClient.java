package dev.auditwebhook;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

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

  /** Whether the webhook sends: it has a URL, has none, or is paused. */
  public enum Status {
    ENABLED,
    DISABLED,
    PAUSED
  }

  /**
   * The webhook's state and totals, as {@code webhook.get} gives them.
   *
   * @param json the whole reply
   */
  public record State(JsonObject json) {

    /** Whether there is a URL and no pause. */
    public boolean enabled() {
      return json.getBoolean("enabled");
    }

    /** Whether events are accepted and wait, for the {@link #reason()}. */
    public boolean paused() {
      return json.getBoolean("paused");
    }

    /** Where events go, empty for nowhere. */
    public String url() {
      return json.getString("url");
    }

    /** Whether a secret signs requests. */
    public boolean signed() {
      return json.getBoolean("signed");
    }

    public long received() {
      return json.getLong("received");
    }

    public long delivered() {
      return json.getLong("delivered");
    }

    public long failed() {
      return json.getLong("failed");
    }

    public long dropped() {
      return json.getLong("dropped");
    }

    public long discarded() {
      return json.getLong("discarded");
    }

    public long pending() {
      return json.getLong("pending");
    }

    /** Whether received = delivered + failed + dropped + discarded + pending. */
    public boolean isBalanced() {
      return received() == delivered() + failed() + dropped() + discarded() + pending();
    }

    /** Entries that were not valid, and so were not received. */
    public long rejected() {
      return json.getLong("rejected");
    }

    /** Attempts that were made again, counted by event. */
    public long retried() {
      return json.getLong("retried");
    }

    /** Events on their way now, which are pending. */
    public int inFlight() {
      return json.getInteger("in_flight");
    }

    /** Dead letters that are kept. */
    public int dlqSize() {
      return json.getInteger("dlq_size");
    }

    /** Dead letters that were pushed out by newer ones. */
    public long dlqEvicted() {
      return json.getLong("dlq_evicted");
    }

    /** {@code closed}, {@code open} or {@code half_open}. */
    public String circuit() {
      return json.getString("circuit");
    }

    /** Since when the circuit is as it is, {@code null} without a URL. */
    public Instant circuitSince() {
      return json.getInstant("circuit_since");
    }

    /** When an open circuit lets an event try again, {@code null} otherwise. */
    public Instant nextProbe() {
      return json.getInstant("next_probe");
    }

    /** {@code null} when there was none since the start. */
    public Instant lastDelivery() {
      return json.getInstant("last_delivery");
    }

    /** Such as {@code 503 from https://siem.example}; {@code null} when there was none. */
    public String lastError() {
      return json.getString("last_error");
    }

    /** Why it is paused, {@code null} when it is not. */
    public String reason() {
      return json.getString("reason");
    }

    /** What an operator must know, {@code null} for nothing. */
    public String warning() {
      return json.getString("warning");
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

  /**
   * Dead letters as one reply has them: it holds at most 4 MiB, so perhaps fewer than asked for.
   *
   * @param nextAfter where to read on, {@code null} at the end
   */
  public record DeadLetterPage(List<DeadLetter> letters, Long nextAfter) {

    private static DeadLetterPage of(JsonObject json) {
      return new DeadLetterPage(
          json.getJsonArray("events").stream()
              .map(event -> DeadLetter.of((JsonObject) event))
              .toList(),
          json.getLong("next_after"));
    }
  }

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
    return request(addresses.get(), new JsonObject()).map(State::new);
  }

  /** Whether entries can be accepted and kept. */
  public Future<Health> ready() {
    return request(addresses.ready(), new JsonObject()).map(json -> Health.of(json, "ready"));
  }

  /** Whether events are delivered. */
  public Future<Health> health() {
    return request(addresses.health(), new JsonObject()).map(json -> Health.of(json, "healthy"));
  }

  /** Sets the URL; all that is pending goes there at once. A new one ends a pause. */
  public Future<Status> setUrl(String url) {
    return set(new JsonObject().put("url", url));
  }

  /** Disables the webhook. What is pending stays so until a URL is set. */
  public Future<Status> disable() {
    return setUrl("");
  }

  /** Goes on accepting, and sends nothing until it is resumed; 409 while there is no URL. */
  public Future<Status> pause() {
    return set(new JsonObject().put("paused", true));
  }

  /** Ends a pause, whether it was asked for or came from a 410. */
  public Future<Status> resume() {
    return set(new JsonObject().put("paused", false));
  }

  /** Sets the newest signing secret; the former one signs for 24 hours more. */
  public Future<Status> setSecret(String secret) {
    return set(new JsonObject().put("secret", secret));
  }

  /** Sets the wait before a second attempt, in milliseconds. */
  public Future<Status> setInitialBackoff(long millis) {
    return set(new JsonObject().put("initial_backoff", millis));
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
              int missing = limit - page.letters().size();
              return page.nextAfter() == null || missing <= 0
                  ? Future.succeededFuture(page.letters())
                  : deadLetters(missing, page.nextAfter())
                      .map(more -> concat(page.letters(), more));
            });
  }

  private static <T> List<T> concat(List<T> first, List<T> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  /**
   * Reads dead letters in {@code event_id} order, as many as one reply takes.
   *
   * @param limit at most so many, 1 to 10 000
   * @param after only ids above this one, 0 for all
   */
  public Future<DeadLetterPage> deadLetterPage(int limit, long after) {
    return request(addresses.dlq(), new JsonObject().put("limit", limit).put("after", after))
        .map(DeadLetterPage::of);
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
  public Future<Integer> purgeAll() {
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
