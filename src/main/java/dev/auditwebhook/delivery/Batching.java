package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.store.PendingEvent;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** How many events go into one request, and how one that is refused is divided. */
final class Batching {

  /** A batch is not filled further when its body has so many bytes. */
  static final int MAX_BYTES = 1 << 20;

  /** Answers that may mean one member, or the size of the whole. */
  private static final Set<Integer> DIVISIBLE = Set.of(400, 413, 422);

  private final int maxEvents;
  private final long maxDelay;
  private final int maxAttempts;
  private final MessageIds ids;

  Batching(WebhookOptions options, MessageIds ids) {
    this.maxEvents = options.getBatch().getMaxEvents();
    this.maxDelay = options.getBatch().getMaxDelay();
    this.maxAttempts = options.getMaxAttempts();
    this.ids = ids;
  }

  /** Whether bodies are arrays. */
  boolean isOn() {
    return maxEvents > 1;
  }

  int maxEvents() {
    return maxEvents;
  }

  /** How long the first event of a batch waits for more, in milliseconds. */
  long maxDelay() {
    return maxDelay;
  }

  /** A new batch of events that have had the same number of attempts. */
  Batch form(List<PendingEvent> events) {
    if (!isOn()) {
      PendingEvent event = events.get(0);
      return Batch.single(event, ids.ofEvent(event.id()));
    }
    events.sort(Comparator.comparingLong(PendingEvent::id));
    int attempts = events.get(0).attempts();
    long since = events.stream().mapToLong(PendingEvent::since).min().orElse(0);
    return Batch.array(events, ids.fresh("batch"), attempts, since);
  }

  /**
   * Whether an answer to a batch calls for its halves to be tried: it may mean one member, or the
   * batch has failed so often that one member may be why.
   */
  boolean divides(Batch batch, Answer answer, Verdict verdict) {
    if (batch.size() == 1) {
      return false;
    }
    return verdict.failsCircuit()
        ? Math.max(batch.attempts(), batch.tries()) + 1 >= maxAttempts
        : answer.error() == null && DIVISIBLE.contains(answer.status());
  }

  /** The halves of a batch, each with an id of its own and the attempts that are left. */
  List<Batch> halves(Batch batch) {
    int middle = (batch.size() + 1) / 2;
    return List.of(
        half(batch, batch.events().subList(0, middle)),
        half(batch, batch.events().subList(middle, batch.size())));
  }

  private Batch half(Batch batch, List<PendingEvent> events) {
    return Batch.array(List.copyOf(events), ids.fresh("batch"), batch.attempts(), batch.since());
  }
}
