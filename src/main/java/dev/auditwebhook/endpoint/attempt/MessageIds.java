package dev.auditwebhook.endpoint.attempt;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The message ids of a journal: of events, and of what is sent besides single events.
 *
 * @param prefix what all begin with
 */
public record MessageIds(String prefix) {

  /** The id of an event, the same over attempts, redrives and restarts. */
  public String ofEvent(long eventId) {
    return prefix + eventId;
  }

  /** An id that was never used before. */
  public String fresh(String kind) {
    byte[] bits = new byte[12];
    ThreadLocalRandom.current().nextBytes(bits);
    return prefix + kind + "_" + HexFormat.of().formatHex(bits);
  }
}
