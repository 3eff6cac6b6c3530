package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.KubernetesAudit;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.SentEvents;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was posted, acknowledged and refused over all nodes and all their lives, and what came of it
 * at the receivers. Entries have numbers of the test's own.
 */
final class Bookkeeping {

  private static final Pattern MESSAGE_ID = Pattern.compile("(msg_[0-9a-f]{32})_(.+)");

  /** What came for an endpoint. */
  private static final class Arrivals {
    private final Predicate<String> wants;
    private final Map<Long, Long> numbers = new ConcurrentHashMap<>();
    private final Map<Long, Integer> times = new ConcurrentHashMap<>();
    private final AtomicLong highest = new AtomicLong();

    Arrivals(Predicate<String> wants) {
      this.wants = wants;
    }
  }

  private final AtomicLong posted = new AtomicLong();
  private final Map<Long, Long> acknowledged = new ConcurrentHashMap<>();
  private final Set<Long> committed = ConcurrentHashMap.newKeySet();
  private final Set<Long> refused = ConcurrentHashMap.newKeySet();
  private final Map<String, Arrivals> endpoints = new ConcurrentHashMap<>();
  private final Set<String> prefixes = ConcurrentHashMap.newKeySet();
  private final List<String> wrong = new CopyOnWriteArrayList<>();

  /** Expects events for an endpoint, whose id is the path of its URL. */
  void expect(String endpoint, Predicate<String> wants) {
    endpoints.put(endpoint, new Arrivals(wants));
  }

  Set<String> endpoints() {
    return endpoints.keySet();
  }

  /** The number of the next entry. */
  long next() {
    return posted.incrementAndGet();
  }

  /** The number of the last entry so far. */
  long last() {
    return posted.get();
  }

  void acknowledged(long number, long eventId) {
    Long other = acknowledged.put(eventId, number);
    if (other != null) {
      wrong("event id " + eventId + " was given to the entries " + other + " and " + number);
    }
  }

  /** It is known that an entry is kept, but not under which id. */
  void committed(long number) {
    committed.add(number);
  }

  /** It was said that an entry is not kept. */
  void refused(long number) {
    refused.add(number);
  }

  int acknowledged() {
    return acknowledged.size();
  }

  int refused() {
    return refused.size();
  }

  /** How many were refused that an endpoint wants. */
  long refusedOf(String endpoint) {
    return refused.stream()
        .filter(number -> endpoints.get(endpoint).wants.test(KubernetesAudit.action(number)))
        .count();
  }

  void wrong(String what) {
    if (wrong.size() < 100) {
      wrong.add(what);
    }
  }

  /** Takes what a receiver was sent; the path says for which endpoint. */
  void received(Received request) {
    String endpoint = request.path().substring(1);
    List<JsonObject> events =
        SentEvents.inflated(request).toString().lines().map(JsonObject::new).toList();
    events.forEach(event -> received(endpoint, event));
    Matcher messageId = MESSAGE_ID.matcher(request.messageId());
    if (!messageId.matches()) {
      wrong("message " + request.messageId());
      return;
    }
    prefixes.add(messageId.group(1));
    if (!messageId.group(2).startsWith("batch_")) {
      long id = events.get(0).getLong("event_id");
      if (events.size() > 1 || !messageId.group(2).equals(Long.toString(id))) {
        wrong("message " + request.messageId() + " has event " + id);
      }
    }
  }

  private void received(String endpoint, JsonObject event) {
    Arrivals arrivals = endpoints.get(endpoint);
    long id = event.getLong("event_id");
    long number = KubernetesAudit.number(event);
    if (!event.getString("action").equals(KubernetesAudit.action(number))
        || !arrivals.wants.test(event.getString("action"))) {
      wrong(endpoint + " was sent " + event);
    }
    Long other = arrivals.numbers.put(id, number);
    if (other != null && other != number) {
      wrong("event " + id + " is the entries " + other + " and " + number);
    }
    arrivals.times.merge(id, 1, Integer::sum);
    arrivals.highest.accumulateAndGet(number, Math::max);
  }

  /** The endpoints to which nothing has come that was posted after an entry. */
  List<String> stalledAt(long number) {
    return endpoints.entrySet().stream()
        .filter(each -> each.getValue().highest.get() <= number)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** How often an event came to an endpoint at most. */
  int mostRepeated() {
    return endpoints.values().stream()
        .flatMap(each -> each.times.values().stream())
        .max(Integer::compare)
        .orElse(0);
  }

  private long repeated() {
    return endpoints.values().stream()
        .flatMap(each -> each.times.values().stream())
        .filter(times -> times > 1)
        .count();
  }

  private Collection<String> lost() {
    Collection<String> lost = new TreeSet<>();
    acknowledged.forEach(
        (id, number) ->
            endpoints.forEach(
                (endpoint, arrivals) -> {
                  if (arrivals.wants.test(KubernetesAudit.action(number))
                      && !number.equals(arrivals.numbers.get(id))) {
                    lost.add(endpoint + " " + id + " (entry " + number + ")");
                  }
                }));
    endpoints.forEach(
        (endpoint, arrivals) -> {
          Set<Long> arrived = new HashSet<>(arrivals.numbers.values());
          committed.stream()
              .filter(number -> arrivals.wants.test(KubernetesAudit.action(number)))
              .filter(number -> !arrived.contains(number))
              .forEach(number -> lost.add(endpoint + " (entry " + number + ")"));
        });
    return lost;
  }

  /** The entries of which it was said that they are not kept, and that came all the same. */
  private List<String> keptAfterAll() {
    List<String> kept = new ArrayList<>();
    endpoints.forEach(
        (endpoint, arrivals) ->
            arrivals.numbers.forEach(
                (id, number) -> {
                  if (refused.contains(number)) {
                    kept.add(endpoint + " " + id + " (entry " + number + ")");
                  }
                }));
    return kept;
  }

  /** The ids that came to an endpoint. */
  Set<Long> ids(String endpoint) {
    return new TreeSet<>(endpoints.get(endpoint).numbers.keySet());
  }

  /** All is as promised; prints the numbers of it. */
  void check(String title) {
    Collection<String> lost = lost();
    System.out.printf(
        "%s: %d acknowledged, %d refused, %d sent twice, %d lost%n",
        title, acknowledged.size() + committed.size(), refused.size(), repeated(), lost.size());
    assertThat(wrong).isEmpty();
    assertThat(lost).isEmpty();
    assertThat(keptAfterAll()).isEmpty();
    assertThat(prefixes).hasSize(1);
    endpoints.forEach(
        (endpoint, arrivals) ->
            assertThat(arrivals.numbers.values()).as(endpoint).doesNotHaveDuplicates());
  }
}
