package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.wire.auth.OAuth2Library;
import io.vertx.core.json.JsonObject;

/**
 * Where an endpoint gets the token that it shows its receiver: the object {@code auth} of its
 * options. The one {@code type} is {@value #OAUTH2}: client credentials (RFC 6749, section 4.4),
 * which needs {@code io.vertx:vertx-auth-oauth2} on the class path. What is wrong is an {@link
 * IllegalArgumentException} of one line with the path of the key.
 *
 * <p>All attempts of an endpoint share one token. It is renewed before it expires, and once when
 * the receiver answers 401: then the attempt goes again at once. The client proves itself by HTTP
 * Basic (RFC 6749, section 2.3.1). The token URL is guarded as the receiver's is, no redirect of it
 * is followed, and the options of the {@code client} hold for it too; but the client certificate
 * goes only where the configured headers go.
 */
public class AuthOptions {

  public static final String OAUTH2 = "oauth2";

  private String type = OAUTH2;
  private String tokenUrl = "";
  private String clientId = "";
  private String clientSecret = "";
  private String scope;

  /** None yet: token URL, client id and secret have to be set. */
  public AuthOptions() {}

  /** A copy. */
  public AuthOptions(AuthOptions other) {
    type = other.type;
    tokenUrl = other.tokenUrl;
    clientId = other.clientId;
    clientSecret = other.clientSecret;
    scope = other.scope;
  }

  /**
   * Reads {@code {"type":"oauth2","tokenUrl":...,"clientId":...,"clientSecret":...,"scope":...}}.
   */
  public AuthOptions(JsonObject json) {
    this(StrictJson.of("auth", json));
  }

  AuthOptions(StrictJson json) {
    type = json.string("type", "");
    tokenUrl = json.string("tokenUrl", tokenUrl);
    clientId = json.string("clientId", clientId);
    clientSecret = json.string("clientSecret", clientSecret);
    scope = json.stringOrNull("scope", scope);
    json.end();
  }

  void check(String path, boolean allowPrivateNetworks) {
    StrictJson json = StrictJson.of(path, toJson());
    json.require(type.equals(OAUTH2), "type", "must be " + OAUTH2);
    json.require(
        OAuth2Library.isThere(),
        "type",
        "\"" + OAUTH2 + "\" needs " + OAuth2Library.NAME + " on the class path");
    json.check("tokenUrl", () -> UrlPolicy.vet(tokenUrl, allowPrivateNetworks));
    json.require(!clientId.isEmpty(), "clientId", "must not be empty");
    json.require(!clientSecret.isEmpty(), "clientSecret", "must not be empty");
  }

  /** These options as JSON, the secret included: for configuration, not for logs. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("type", type)
        .put("tokenUrl", tokenUrl)
        .put("clientId", clientId)
        .put("clientSecret", clientSecret)
        .put("scope", scope);
  }

  /** {@value #OAUTH2}. */
  public String getType() {
    return type;
  }

  /** Sets {@link #getType()}. */
  public AuthOptions setType(String type) {
    this.type = type;
    return this;
  }

  /** Where tokens are asked for. */
  public String getTokenUrl() {
    return tokenUrl;
  }

  /** Sets {@link #getTokenUrl()}. */
  public AuthOptions setTokenUrl(String tokenUrl) {
    this.tokenUrl = tokenUrl;
    return this;
  }

  /** The client that asks. */
  public String getClientId() {
    return clientId;
  }

  /** Sets {@link #getClientId()}. */
  public AuthOptions setClientId(String clientId) {
    this.clientId = clientId;
    return this;
  }

  /** What it proves itself with. */
  public String getClientSecret() {
    return clientSecret;
  }

  /** Sets {@link #getClientSecret()}. */
  public AuthOptions setClientSecret(String clientSecret) {
    this.clientSecret = clientSecret;
    return this;
  }

  /**
   * What the token is to be good for, several separated by blanks; {@code null} for the default.
   */
  public String getScope() {
    return scope;
  }

  /** Sets {@link #getScope()}. */
  public AuthOptions setScope(String scope) {
    this.scope = scope;
    return this;
  }
}
