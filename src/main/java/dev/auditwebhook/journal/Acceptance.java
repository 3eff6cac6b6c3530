package dev.auditwebhook.journal;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.journal.Distribution.Audience;
import dev.auditwebhook.journal.pace.Warnings;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts entries: checks and counts each, and gives it to the journal. */
public final class Acceptance {

  private static final Logger log = LoggerFactory.getLogger(Acceptance.class);

  private final Clock clock;
  private final Journal journal;
  private final EntryEncoder encoder;
  private final Warnings<String> rejections;

  /**
   * @param maxEntryBytes the longest entry, as JSON in UTF-8
   */
  public Acceptance(Clock clock, Journal journal, int maxEntryBytes) {
    this.clock = clock;
    this.journal = journal;
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
      take(AuditEvent.fromJson(message), (JsonObject) message, answered);
    } catch (IllegalArgumentException e) {
      journal.reject();
      rejections.add(e.getMessage());
      throw e;
    }
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

  private static void warnOfRejected(Warnings.Times<String> times) {
    if (times.count() == 1) {
      log.warn("Entry rejected: {}", times.last());
    } else {
      log.warn("{} entries rejected, the last one: {}", times.count(), times.last());
    }
  }

  /** Speaks of the last entries that were not taken. */
  public void close() {
    rejections.close();
  }
}
