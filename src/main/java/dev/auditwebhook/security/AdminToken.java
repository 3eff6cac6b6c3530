package dev.auditwebhook.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/** A bearer token that callers must present (RFC 6750), kept as its digest only. */
public final class AdminToken {

  private static final int RANDOM_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+");
  private static final Pattern BEARER =
      Pattern.compile("bearer +([\\x21-\\x7e]+) *", Pattern.CASE_INSENSITIVE);

  private final byte[] digest;

  private AdminToken(String token) {
    this.digest = sha256(token);
  }

  /**
   * The token of a configuration.
   *
   * @param token visible ASCII characters without blanks: others do not fit into the header
   * @return the token
   * @throws IllegalArgumentException if it is empty or has other characters; one line without them
   */
  public static AdminToken of(String token) {
    if (token == null || !VISIBLE.matcher(token).matches()) {
      throw new IllegalArgumentException("must be visible ASCII characters without blanks");
    }
    return new AdminToken(token);
  }

  /**
   * Makes a token up.
   *
   * @return 256 random bits in 43 characters that need no escape in a URL (RFC 4648, section 5)
   */
  public static String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Whether a caller has the token. Compares digests in constant time, so that the time taken tells
   * neither a common start nor the length.
   *
   * @param presented what the caller sent, may be null
   * @return true when it is this token
   */
  public boolean matches(String presented) {
    return presented != null && MessageDigest.isEqual(digest, sha256(presented));
  }

  /**
   * Takes the token out of an {@code Authorization} header.
   *
   * @param authorization the value of the header, may be null
   * @return what follows {@code Bearer} (any case) and blanks, if it is one run of visible ASCII:
   *     more than RFC 6750 lets be a token, so that any configured token can be presented
   */
  public static Optional<String> bearer(String authorization) {
    if (authorization == null) {
      return Optional.empty();
    }
    var matcher = BEARER.matcher(authorization);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Shows nothing of the token. */
  @Override
  public String toString() {
    return "AdminToken[...]";
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
