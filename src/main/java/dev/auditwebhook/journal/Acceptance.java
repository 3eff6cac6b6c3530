package dev.auditwebhook.journal;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Distribution.Audience;
import dev.auditwebhook.journal.Engine.Emitted;
import dev.auditwebhook.journal.Group.Moved;
import dev.auditwebhook.journal.pace.Warnings;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts entries: checks and counts each, and gives it to the journal. One from the inbox for
 * which there is no room is not dropped, but stays there; its size was looked at when it was put
 * in.
 */
public final class Acceptance implements Engine.Acceptor {

  private static final String RESERVED =
      "action: " + AuditEvent.ADMIN_ACTIONS + "* is kept for the webhook's own entries";

  private static final Logger log = LoggerFactory.getLogger(Acceptance.class);

  private final Clock clock;
  private final Journal journal;
  private final int maxEntryBytes;
  private final EntryEncoder encoder;
  private final Warnings<String> rejections;
  private boolean closed;

  /**
   * @param maxEntryBytes the longest entry, as JSON in UTF-8
   */
  public Acceptance(Clock clock, Journal journal, int maxEntryBytes) {
    this.clock = clock;
    this.journal = journal;
    this.maxEntryBytes = maxEntryBytes;
    encoder = new EntryEncoder(maxEntryBytes);
    rejections = new Warnings<>(clock, Acceptance::warnOfRejected);
  }

  /**
   * Takes an entry in. What is discarded or dropped is not encoded: its size, and whether it can
   * be, nobody finds out.
   *
   * @param message anything
   * @param answered hears what became of it, {@code null} when nobody asks
   * @throws IllegalArgumentException in one line when it is not valid
   */
  public void accept(Object message, Consumer<Accepted> answered) {
    try {
      take(refuseReserved(AuditEvent.fromJson(message)), (JsonObject) message, answered);
    } catch (IllegalArgumentException e) {
      reject(e.getMessage());
      throw e;
    }
  }

  private static AuditEvent refuseReserved(AuditEvent event) {
    if (event.action().startsWith(AuditEvent.ADMIN_ACTIONS)) {
      throw new IllegalArgumentException(RESERVED);
    }
    return event;
  }

  /** Takes in what the webhook itself has to say, which is short. */
  public void acceptOwn(AuditEvent event) {
    take(event, null, null);
  }

  /** Counts an entry that is refused without a look at it, and speaks of it. */
  public void reject(String why) {
    journal.reject();
    rejections.add(why);
  }

  private void take(AuditEvent event, JsonObject message, Consumer<Accepted> answered) {
    Audience audience = journal.audience(event.action());
    if (audience.isEmpty()) {
      journal.discard(answered);
      return;
    }
    Recipients recipients = journal.recipients(audience);
    if (recipients.isEmpty()) {
      journal.drop(audience, answered);
    } else {
      EncodedEntry entry = encoder.encode(event, message, clock.now(), recipients);
      journal.append(entry, audience, answered);
    }
  }

  @Override
  public int maxEntryBytes() {
    return maxEntryBytes;
  }

  @Override
  public Future<List<Emitted>> accept(List<Emitted> entries) {
    if (closed || !journal.hasRoom()) {
      return Future.failedFuture("nothing is accepted now");
    }
    Future<Void> allMoved = Future.succeededFuture();
    List<Emitted> staying = new ArrayList<>();
    Set<String> actions = new HashSet<>();
    for (Emitted each : entries) {
      // What comes later is not to overtake what stays.
      Future<Void> moved = actions.contains(each.action()) ? null : move(each);
      if (moved == null) {
        actions.add(each.action());
        staying.add(each);
      } else {
        allMoved = moved;
      }
    }
    return allMoved.map(staying);
  }

  /**
   * All that is moved in one turn is kept together.
   *
   * @return {@code null} when there is no room for it
   */
  private Future<Void> move(Emitted emitted) {
    Audience audience = journal.audience(emitted.action());
    if (audience.isEmpty()) {
      return journal.move(Moved.discarded(emitted.seq()), audience);
    }
    Recipients recipients = journal.recipients(audience);
    return recipients.isEmpty()
        ? null
        : journal.move(moved(emitted, recipients, audience.without(recipients)), audience);
  }

  private Moved moved(Emitted emitted, Recipients recipients, Recipients passedOver) {
    try {
      AuditEvent event =
          refuseReserved(
              new AuditEvent(emitted.action(), emitted.timestamp(), emitted.details().get()));
      EncodedEntry entry = encoder.encode(event, null, clock.now(), recipients);
      return new Moved(emitted.seq(), true, entry, passedOver);
    } catch (IllegalArgumentException e) {
      rejections.add(e.getMessage());
      return Moved.rejected(emitted.seq());
    }
  }

  private static void warnOfRejected(Warnings.Times<String> times) {
    if (times.count() == 1) {
      log.warn("Entry rejected: {}", times.last());
    } else {
      log.warn("{} entries rejected, the last one: {}", times.count(), times.last());
    }
  }

  /** Speaks of the last entries that were not taken, and takes nothing from the inbox any more. */
  public void close() {
    closed = true;
    rejections.close();
  }
}
