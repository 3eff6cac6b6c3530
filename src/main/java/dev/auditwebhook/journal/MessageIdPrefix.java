package dev.auditwebhook.journal;

import java.security.SecureRandom;
import java.util.HexFormat;

/** What all message ids of a store begin with. */
public final class MessageIdPrefix {

  private MessageIdPrefix() {}

  /** A new one: {@code msg_}, 128 random bits in hex, {@code _}. */
  public static String random() {
    byte[] bits = new byte[16];
    new SecureRandom().nextBytes(bits);
    return "msg_" + HexFormat.of().formatHex(bits) + "_";
  }
}
