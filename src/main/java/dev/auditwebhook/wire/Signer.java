package dev.auditwebhook.wire;

import dev.auditwebhook.security.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests after Standard Webhooks 1.0.0: {@code v1,} and the base64 of an HMAC-SHA256 over
 * id, {@code .}, timestamp, {@code .} and body, one for each secret. For one thread at a time.
 */
final class Signer {

  private static final String ALGORITHM = "HmacSHA256";

  private final List<Mac> macs;
  private final Mac plain;

  /**
   * @param secrets {@code whsec_} secrets, the newest first; none for no signature
   * @throws IllegalArgumentException when a secret is not one
   */
  Signer(List<String> secrets) {
    macs = secrets.stream().map(secret -> mac(SigningKey.of(secret))).toList();
    plain = secrets.isEmpty() ? null : mac(secrets.get(0).getBytes(StandardCharsets.UTF_8));
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

  /** Whether there is a secret. */
  boolean signs() {
    return !macs.isEmpty();
  }

  /**
   * The value of {@code webhook-signature}.
   *
   * @param timestamp seconds since the epoch, as sent
   * @return one signature a secret, separated by spaces
   */
  String signature(String messageId, String timestamp, byte[] body) {
    byte[] head = (messageId + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
    StringJoiner signatures = new StringJoiner(" ");
    for (Mac mac : macs) {
      mac.update(head);
      signatures.add("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body)));
    }
    return signatures.toString();
  }

  /**
   * The older form: the HMAC-SHA256 of the body in lower-case hex, keyed with the first secret's
   * text.
   */
  String plain(byte[] body) {
    return HexFormat.of().formatHex(plain.doFinal(body));
  }
}
