package dev.auditwebhook.security;

import java.util.Base64;

/** The key that a secret of Standard Webhooks holds. */
public final class SigningKey {

  private static final String PREFIX = "whsec_";

  private SigningKey() {}

  /** The key of {@code whsec_} and the base64 of 24 to 64 bytes; a refusal shows none of it. */
  public static byte[] of(String secret) {
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("must not be empty");
    }
    if (!secret.startsWith(PREFIX)) {
      throw new IllegalArgumentException("must begin with " + PREFIX);
    }
    byte[] key;
    try {
      key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be base64 after " + PREFIX);
    }
    if (key.length < 24 || key.length > 64) {
      throw new IllegalArgumentException(
          "must be 24 to 64 bytes in base64 after " + PREFIX + ", was " + key.length);
    }
    return key;
  }
}
