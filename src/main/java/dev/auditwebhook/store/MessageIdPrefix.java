package dev.auditwebhook.store;

import java.security.SecureRandom;
import java.util.HexFormat;

/** What all message ids of a store begin with. */
final class MessageIdPrefix {

  private MessageIdPrefix() {}

  /** A new one: {@code msg_}, 128 random bits in hex, {@code _}. */
  static String random() {
    byte[] bits = new byte[16];
    new SecureRandom().nextBytes(bits);
    return "msg_" + HexFormat.of().formatHex(bits) + "_";
  }
}
