package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Found;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.metrics.Metrics;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Where the journal and the states of the endpoints are kept. Called on one context; there is never
 * more than one {@link #append} under way.
 */
public interface Engine {

  /**
   * What is kept when the engine is opened.
   *
   * @param messageIdPrefix starts every message id: {@code msg_}, 128 random bits in hex, {@code _}
   * @param lastId the last {@code event_id} that was given
   * @param counts of all entries
   * @param endpoints by id
   */
  record Opened(String messageIdPrefix, long lastId, Counts counts, Map<String, State> endpoints) {}

  /**
   * How many entries there were.
   *
   * @param arrived that were valid
   * @param rejected that were not
   */
  record Counts(long arrived, long rejected) {}

  /**
   * Opens it with all states. Comes before all else.
   *
   * @return failed in one line when it cannot be opened
   */
  Future<Opened> open();

  /**
   * Keeps a group of entries, which get consecutive numbers, and steps, all or nothing.
   *
   * @return what was kept; failed with {@link NotKeptException} when nothing was, with {@link
   *     GoneException} when nothing was but may be without what comes from the inbox
   */
  Future<Appended> append(Addition addition);

  /**
   * What is to be kept.
   *
   * @param entries in their order; {@code null} takes a number and is no event
   * @param counts of all entries so far
   * @param steps at most one an endpoint
   * @param needed after these steps no endpoint needs what the journal has below this id: it may be
   *     cut there, but not into these entries
   * @param emitted what is taken out of the inbox along with it: nothing is kept unless all of it
   *     is still there
   */
  record Addition(
      List<EncodedEntry> entries,
      Counts counts,
      List<Step> steps,
      long needed,
      List<Long> emitted) {

    /** Nothing of it comes from the inbox. */
    public Addition(List<EncodedEntry> entries, Counts counts, List<Step> steps, long needed) {
      this(entries, counts, steps, needed, List.of());
    }
  }

  /** Another node has taken something out of the inbox before. */
  final class GoneException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Nothing was kept. */
    public GoneException(Throwable cause) {
      super("what was emitted is not in the inbox any more", cause);
    }
  }

  /**
   * An entry that a program put into the inbox, in a transaction of its own.
   *
   * @param seq its number there
   * @param timestamp when it happened, in RFC 3339
   * @param details reads them, with an {@link IllegalArgumentException} of one line when they
   *     cannot be
   */
  record Emitted(long seq, String action, String timestamp, Supplier<Object> details) {}

  /** Takes what is in the inbox into the journal. */
  interface Acceptor {

    /** The longest entry, as JSON in UTF-8. */
    int maxEntryBytes();

    /**
     * Accepts entries, in their order, so that an {@link Addition} takes them out of the inbox.
     *
     * @return those that stay, as nobody who wants them has room, once that is kept; failed when
     *     all stay
     */
    Future<List<Emitted>> accept(List<Emitted> entries);
  }

  /**
   * What was kept.
   *
   * @param firstId the number of the first entry
   * @param events those of the entries that are events; none when they come as a {@link Nodes.Cut}
   * @param notRedriven the dead letters, by endpoint, that were to be redriven, but are damaged and
   *     stay where they are
   * @param unkeptSteps the endpoints whose steps were not kept though the rest was
   */
  record Appended(
      long firstId,
      List<Event> events,
      Map<String, List<Long>> notRedriven,
      Set<String> unkeptSteps) {

    /** All was kept. */
    public Appended(long firstId, List<Event> events, Map<String, List<Long>> notRedriven) {
      this(firstId, events, notRedriven, Set.of());
    }
  }

  /**
   * Takes numbers, while nothing can be kept, for entries that are refused.
   *
   * @return the first; 0 when they cannot be known now
   */
  long refuse(int entries);

  /**
   * Forgets an endpoint: its step, stragglers and dead letters. None of its steps is kept meanwhile
   * or after.
   *
   * @param settings what is left of it, {@code null} for nothing: a later opening finds it with the
   *     number -1 and these settings
   * @return failed when it cannot be kept: then nothing is forgotten
   */
  Future<Void> forget(String endpoint, JsonObject settings);

  /**
   * Reads what the journal has for an endpoint.
   *
   * @param number that of the endpoint among the recipients
   * @param after only what is above this id
   * @param limit at most so many events
   * @return the first of what there is; nothing only when there is nothing
   */
  Future<Found<Event>> read(int number, long after, int limit);

  /** Reads stragglers; those that are not there are left out. */
  Future<Found<Straggler>> stragglers(String endpoint, Collection<Long> ids);

  /**
   * Reads dead letters, damaged ones too; those that are not there are left out.
   *
   * @param ids in order
   * @param unkept letters that are not kept yet, by id
   * @param maxBytes at most so many bytes together, but one letter whatever its size
   * @return those that come first
   */
  Future<List<DeadLetter>> deadLetters(
      String endpoint, List<Long> ids, Map<Long, DeadLetter> unkept, long maxBytes);

  /** How long after the start of an append the next one may start, in milliseconds. */
  long interval();

  /** How many bytes of new events may be on their way into it. */
  default long maxUnkept() {
    return 32 << 20;
  }

  /** The key of the configuration that its failures have to do with. */
  default String key() {
    return "webhook.store";
  }

  /** What it has to do with other nodes, {@code null} when it is for one. */
  default Nodes nodes() {
    return null;
  }

  /** Whether attempts of an endpoint may begin: this node runs it, and would know if not. */
  default boolean owns(String endpoint) {
    return true;
  }

  /** From now on, where there is an inbox, what is in it is accepted. */
  default void empty(Acceptor acceptor) {}

  /** What an operator must know of what was found at the opening, {@code null} for nothing. */
  String damage();

  /** Registers what is measured of it. */
  default void register(Metrics metrics) {}

  /** It is closed soon: what is on its way comes to an end by then, one way or the other. */
  default void hasten() {}

  /** Lets go. */
  Future<Void> close();
}
