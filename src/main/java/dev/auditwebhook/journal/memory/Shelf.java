package dev.auditwebhook.journal.memory;

import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.journal.MessageIdPrefix;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.shareddata.Shareable;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** What outlives the verticle. Used by one at a time, the last one or the next. */
final class Shelf implements Shareable {

  final String messageIdPrefix = MessageIdPrefix.random();

  /** The journal, in the order of the ids. */
  final ArrayDeque<Event> events = new ArrayDeque<>();

  /** The last step of each endpoint, but for the changes. */
  final Map<String, Step> steps = new HashMap<>();

  long lastId;
  long rejected;
  boolean isOpen;
  boolean isWatched;
  boolean isEnding;

  /** Forgets the events that all endpoints have passed. */
  void cut() {
    long passed = steps.values().stream().mapToLong(Step::cursor).min().orElse(0);
    while (!events.isEmpty() && events.peek().id() <= passed) {
      events.poll();
    }
  }
}
