package dev.auditwebhook.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A bearer token that callers must present (RFC 6750), kept as its digest only. */
public final class AdminToken {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+");
  private static final Pattern BEARER =
      Pattern.compile("bearer +([\\x21-\\x7e]+) *", Pattern.CASE_INSENSITIVE);

  private final byte[] digest;

  private AdminToken(String token) {
    this.digest = sha256(token);
  }

  /** Takes visible ASCII without blanks, which fits into the header; refuses the rest unshown. */
  public static AdminToken of(String token) {
    if (token == null || !VISIBLE.matcher(token).matches()) {
      throw new IllegalArgumentException("must be visible ASCII characters without blanks");
    }
    return new AdminToken(token);
  }

  /** 256 random bits in 43 characters that need no escape in a URL (RFC 4648, section 5). */
  public static String random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Whether a caller has the token. Compares digests in constant time, so that the time taken tells
   * neither a common start nor the length.
   */
  public boolean matches(String presented) {
    return presented != null && MessageDigest.isEqual(digest, sha256(presented));
  }

  /**
   * What follows {@code Bearer} (any case) in an {@code Authorization} header, if it is one run of
   * visible ASCII: more than RFC 6750 lets be a token, so that any configured one can be presented.
   */
  public static Optional<String> bearer(String authorization) {
    return Optional.ofNullable(authorization)
        .map(BEARER::matcher)
        .filter(Matcher::matches)
        .map(found -> found.group(1));
  }

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
