package dev.auditwebhook.delivery;

import dev.auditwebhook.store.Store;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** The message ids of a store: of events, and of what is sent besides single events. */
final class MessageIds {

  private final Store store;

  MessageIds(Store store) {
    this.store = store;
  }

  /** The id of an event, the same over attempts, redrives and restarts. */
  String ofEvent(long eventId) {
    return store.messageId(eventId);
  }

  /** An id that was never used before. */
  String fresh(String kind) {
    byte[] bits = new byte[12];
    ThreadLocalRandom.current().nextBytes(bits);
    return store.messageIdPrefix() + kind + "_" + HexFormat.of().formatHex(bits);
  }
}
