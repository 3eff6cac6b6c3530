package dev.auditwebhook.security;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests after Standard Webhooks 1.0.0: {@code v1,} and the base64 of an HMAC-SHA256 over
 * id, {@code .}, timestamp, {@code .} and body, one for each secret. For one thread at a time.
 */
public final class Signer {

  private static final String PREFIX = "whsec_";
  private static final String ALGORITHM = "HmacSHA256";

  private final List<Mac> macs;
  private final Mac plain;

  /**
   * @param secrets {@code whsec_} secrets, the newest first; none for no signature
   * @param plainForm whether {@link #plain(byte[])} is needed
   * @throws IllegalArgumentException when a secret is not one
   */
  public Signer(List<String> secrets, boolean plainForm) {
    macs = secrets.stream().map(secret -> mac(keyOf(secret))).toList();
    plain =
        plainForm && !secrets.isEmpty()
            ? mac(secrets.get(0).getBytes(StandardCharsets.UTF_8))
            : null;
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }

  /**
   * The key of a secret.
   *
   * @param secret {@code whsec_} and the base64 of 24 to 64 bytes
   * @return its bytes
   * @throws IllegalArgumentException in one line, which does not show the secret
   */
  public static byte[] keyOf(String secret) {
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

  /** Whether there is a secret. */
  public boolean signs() {
    return !macs.isEmpty();
  }

  /**
   * The value of {@code webhook-signature}.
   *
   * @param messageId the message id
   * @param timestamp seconds since the epoch, as sent
   * @param body what is sent
   * @return one signature a secret, separated by spaces
   */
  public String signature(String messageId, String timestamp, byte[] body) {
    byte[] head = (messageId + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
    StringBuilder signatures = new StringBuilder();
    for (Mac mac : macs) {
      mac.update(head);
      signatures
          .append(signatures.length() == 0 ? "v1," : " v1,")
          .append(Base64.getEncoder().encodeToString(mac.doFinal(body)));
    }
    return signatures.toString();
  }

  /**
   * The older form: the HMAC-SHA256 of the body in lower-case hex, keyed with the first secret's
   * text.
   */
  public String plain(byte[] body) {
    return HexFormat.of().formatHex(plain.doFinal(body));
  }

  /** Shows no secret. */
  @Override
  public String toString() {
    return "Signer[" + macs.size() + " secrets]";
  }
}
