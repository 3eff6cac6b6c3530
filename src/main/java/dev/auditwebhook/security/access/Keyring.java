package dev.auditwebhook.security.access;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.TokenOptions;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The tokens that are valid, by their digests, which are all that is kept of them.
 *
 * @param guards whether a token is needed at all; otherwise the host's own router guards
 * @param holders whose token has which SHA-256
 */
public record Keyring(boolean guards, Map<String, Principal> holders) {

  public Keyring {
    holders = Map.copyOf(holders);
  }

  /** The tokens of options; an empty {@code adminToken} is none that could be presented. */
  public static Keyring of(HttpOptions options) {
    Map<String, Principal> holders = new HashMap<>();
    for (TokenOptions token : options.getTokens()) {
      holders.put(
          token.getSha256(),
          new Principal(token.getName(), Role.of(token.getRole()), token.getQuota()));
    }
    add(holders, options.getIngestToken(), new Principal(Principal.INGEST, Role.INGEST));
    add(holders, options.getAdminToken(), new Principal(Principal.ADMIN, Role.ADMIN));
    return new Keyring(options.getAdminToken() != null, holders);
  }

  private static void add(Map<String, Principal> holders, String token, Principal principal) {
    if (token != null && !token.isEmpty()) {
      holders.put(BearerToken.sha256(token), principal);
    }
  }

  /**
   * Who has presented a token, or {@code null} for none. All digests are compared, each in constant
   * time, so that the time taken tells neither a common start nor which token was nearly right.
   */
  public Optional<Principal> holderOf(String presented) {
    if (!guards) {
      return Optional.of(Principal.OF_HOST);
    }
    if (presented == null || presented.length() < BearerToken.MIN_LENGTH) {
      return Optional.empty();
    }
    byte[] digest = BearerToken.sha256(presented).getBytes(US_ASCII);
    Principal found = null;
    for (Map.Entry<String, Principal> holder : holders.entrySet()) {
      if (MessageDigest.isEqual(digest, holder.getKey().getBytes(US_ASCII))) {
        found = holder.getValue();
      }
    }
    return Optional.ofNullable(found);
  }

  /** Names and roles, such as {@code admin (admin), ops (read, 2 tokens)}. */
  @Override
  public String toString() {
    Map<Principal, Integer> counts = new TreeMap<>(Comparator.comparing(Principal::name));
    holders.values().forEach(principal -> counts.merge(principal, 1, Integer::sum));
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (principal, count) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(principal.name() + " (" + principal.role())
                .append(count == 1 ? ")" : ", " + count + " tokens)"));
    return text.toString();
  }
}
