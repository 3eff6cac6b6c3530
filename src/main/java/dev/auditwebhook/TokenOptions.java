package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.access.BearerToken;
import dev.auditwebhook.security.access.Principal;
import dev.auditwebhook.security.access.Role;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A token of the HTTP API: a member of the array {@code tokens} of the object {@code http}. What it
 * may do is its {@code role}: {@code metrics}, {@code ingest}, {@code read}, {@code operate} or
 * {@code admin}. The token itself is not kept, its SHA-256 is.
 *
 * <p>{@link HttpOptions} check what they are given; a refusal is an {@link
 * IllegalArgumentException} of one line with the path of the key.
 */
public class TokenOptions {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
  private static final int MAX_QUOTA = 1_000_000;

  private String name = "";
  private String role = "";
  private String sha256 = "";
  private Integer quota;

  /** None yet: name, role and token have to be set. */
  public TokenOptions() {}

  /** A copy. */
  public TokenOptions(TokenOptions other) {
    name = other.name;
    role = other.role;
    sha256 = other.sha256;
    quota = other.quota;
  }

  /**
   * Reads {@code {"name":...,"role":...,"sha256":...,"quota":...}}, or {@code token} in place of
   * {@code sha256}.
   */
  public TokenOptions(JsonObject json) {
    this(StrictJson.of("token", json));
  }

  TokenOptions(StrictJson json) {
    name = json.string("name", name);
    role = json.string("role", role);
    boolean plain = json.has("token");
    json.require(
        plain != json.has("sha256"), "sha256", "one of sha256 and token is needed, and not both");
    if (plain) {
      String token = json.string("token", "");
      json.check("token", () -> setToken(token));
    } else {
      sha256 = json.string("sha256", sha256);
    }
    quota = json.isNull("quota") ? null : json.whole("quota", 0, 1, MAX_QUOTA);
    json.end();
    check(json);
  }

  private void check(StrictJson json) {
    json.require(
        NAME.matcher(name).matches(),
        "name",
        "must be 1 to 63 letters, digits, dots, underscores and hyphens, a letter or digit first");
    json.require(
        !name.equals(Principal.ADMIN) && !name.equals(Principal.INGEST),
        "name",
        "admin and ingest are the names of adminToken and ingestToken");
    json.check("role", () -> Role.of(role));
    json.require(
        SHA_256.matcher(sha256).matches(), "sha256", "must be 64 hexadecimal digits in lower case");
    json.require(
        quota == null || Role.of(role).may(Role.INGEST),
        "quota",
        "has no meaning for the role " + role + ", which posts no entries");
  }

  /** These options as JSON, with the digest of the token. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("role", role)
        .put("sha256", sha256)
        .put("quota", quota);
  }

  boolean is(String token) {
    return token != null && BearerToken.sha256(token).equals(sha256);
  }

  boolean hasTokenOf(TokenOptions other) {
    return sha256.equals(other.sha256);
  }

  boolean hasNameOf(TokenOptions other) {
    return name.equals(other.name);
  }

  boolean hasRightsOf(TokenOptions other) {
    return role.equals(other.role) && Objects.equals(quota, other.quota);
  }

  /** Its name, by which logs and the trail of changes call it. */
  public String getName() {
    return name;
  }

  /** Sets {@link #getName()}; two tokens may have the same. */
  public TokenOptions setName(String name) {
    this.name = Objects.requireNonNull(name, "name");
    return this;
  }

  /** What it may do. */
  public String getRole() {
    return role;
  }

  /** Sets {@link #getRole()}. */
  public TokenOptions setRole(String role) {
    this.role = Objects.requireNonNull(role, "role");
    return this;
  }

  /** The SHA-256 of the token's UTF-8, in 64 hexadecimal digits in lower case. */
  public String getSha256() {
    return sha256;
  }

  /** Sets {@link #getSha256()}. */
  public TokenOptions setSha256(String sha256) {
    this.sha256 = Objects.requireNonNull(sha256, "sha256");
    return this;
  }

  /**
   * Sets {@link #getSha256()} from the token itself: at least 20 characters, visible ASCII; else an
   * {@link IllegalArgumentException}.
   */
  public TokenOptions setToken(String token) {
    BearerToken.check(token);
    return setSha256(BearerToken.sha256(token));
  }

  /** How many entries it may post a second; {@code null} for any number. */
  public Integer getQuota() {
    return quota;
  }

  /** Sets {@link #getQuota()}: 1 to 1 000 000, or {@code null}. */
  public TokenOptions setQuota(Integer quota) {
    this.quota = quota;
    return this;
  }
}
