package dev.auditwebhook.security.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The bearer tokens that callers present (RFC 6750): what one is, and what is kept of it. */
public final class BearerToken {

  public static final int MIN_LENGTH = 20;

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+");
  private static final Pattern BEARER =
      Pattern.compile("bearer +([\\x21-\\x7e]+) *", Pattern.CASE_INSENSITIVE);

  private BearerToken() {}

  /**
   * Takes visible ASCII without blanks, which fits into the header, and enough of it that nobody
   * guesses it; refuses the rest unshown, with an {@link IllegalArgumentException}.
   */
  public static void check(String token) {
    if (token == null || !VISIBLE.matcher(token).matches()) {
      throw new IllegalArgumentException("must be visible ASCII characters without blanks");
    }
    if (token.length() < MIN_LENGTH) {
      throw new IllegalArgumentException("must have at least " + MIN_LENGTH + " characters");
    }
  }

  /** 256 random bits in 43 characters that need no escape in a URL (RFC 4648, section 5). */
  public static String random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The SHA-256 of a token, as {@code sha256sum} writes it. */
  public static String sha256(String token) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(token.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
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
}
