package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.ServerOptions;
import dev.auditwebhook.security.access.BearerToken;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The options of the HTTP API: the {@code http} object of the configuration. By default it is
 * served to this machine only, with a token made at start.
 *
 * <p>Setters take what they are given; {@link #HttpOptions(JsonObject)} and {@link #check()} refuse
 * what cannot work, with an {@link IllegalArgumentException} of one line that names the key.
 */
public class HttpOptions {

  public static final boolean DEFAULT_ENABLED = true;
  public static final String DEFAULT_HOST = "127.0.0.1";
  public static final int DEFAULT_PORT = 8080;
  public static final String DEFAULT_ADMIN_TOKEN = "";
  public static final boolean DEFAULT_ALLOW_PLAINTEXT = false;

  private boolean enabled = DEFAULT_ENABLED;
  private String host = DEFAULT_HOST;
  private int port = DEFAULT_PORT;
  private String adminToken = DEFAULT_ADMIN_TOKEN;
  private String ingestToken;
  private List<TokenOptions> tokens = new ArrayList<>();
  private JsonObject server = new JsonObject();
  private boolean allowPlaintext = DEFAULT_ALLOW_PLAINTEXT;
  private String address = WebhookAddresses.DEFAULT_PREFIX;
  private String entryAddress = WebhookAddresses.DEFAULT_ENTRY_ADDRESS;

  /** The defaults. */
  public HttpOptions() {}

  /** A copy. */
  public HttpOptions(HttpOptions other) {
    enabled = other.enabled;
    host = other.host;
    port = other.port;
    adminToken = other.adminToken;
    ingestToken = other.ingestToken;
    tokens = copy(other.tokens);
    server = other.server.copy();
    allowPlaintext = other.allowPlaintext;
    address = other.address;
    entryAddress = other.entryAddress;
  }

  /** The options of a JSON object; an absent key takes its default. */
  public HttpOptions(JsonObject json) {
    StrictJson reader = StrictJson.of("http", json);
    enabled = reader.bool("enabled", enabled);
    host = reader.string("host", host);
    port = reader.whole("port", port, 0, 65535);
    adminToken = reader.stringOrNull("adminToken", adminToken);
    ingestToken = reader.stringOrNull("ingestToken", ingestToken);
    for (StrictJson token : reader.objects("tokens")) {
      tokens.add(new TokenOptions(token));
    }
    server = reader.raw("server");
    allowPlaintext = reader.bool("allowPlaintext", allowPlaintext);
    address = reader.string("address", address);
    entryAddress = reader.string("entryAddress", entryAddress);
    reader.end();
    check(reader);
  }

  /** Checks values that were set one by one; {@link IllegalArgumentException} on a bad one. */
  public HttpOptions check() {
    new HttpOptions(toJson());
    return this;
  }

  private void check(StrictJson reader) {
    reader.require(!host.isBlank(), "host", "must be a host name or an address, was empty");
    if (adminToken != null && !adminToken.isEmpty()) {
      reader.check("adminToken", () -> BearerToken.check(adminToken));
    }
    if (ingestToken != null) {
      String key = "ingestToken";
      reader.require(!ingestToken.isEmpty(), key, "must not be empty (null for none)");
      reader.check(key, () -> BearerToken.check(ingestToken));
      reader.require(adminToken != null, key, "has no meaning without an adminToken");
      reader.require(!ingestToken.equals(adminToken), key, "must not be the adminToken");
    }
    checkTokens(reader);
    ServerOptions.read("http.server", server);
    reader.require(!address.isBlank(), "address", "must not be empty");
    reader.require(!entryAddress.isBlank(), "entryAddress", "must not be empty");
    reader.require(
        !WebhookAddresses.of(address).contains(entryAddress),
        "entryAddress",
        "must not be an address of the webhook itself");
  }

  private void checkTokens(StrictJson reader) {
    reader.require(
        tokens.isEmpty() || adminToken != null, "tokens", "have no meaning without an adminToken");
    for (int i = 0; i < tokens.size(); i++) {
      String key = "tokens[" + i + "]";
      TokenOptions token = tokens.get(i);
      reader.require(!token.is(adminToken), key, "must not be the adminToken");
      reader.require(!token.is(ingestToken), key, "must not be the ingestToken");
      List<TokenOptions> former = tokens.subList(0, i);
      reader.require(former.stream().noneMatch(token::hasTokenOf), key, "is there twice");
      List<TokenOptions> same = former.stream().filter(token::hasNameOf).toList();
      reader.require(same.size() < 2, key, "there are two of its name already");
      reader.require(
          same.stream().allMatch(token::hasRightsOf),
          key,
          "must have the role and the quota of the other one of its name");
    }
  }

  /** These options as JSON, tokens included; those of {@link #getTokens()} as their digests. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("enabled", enabled)
        .put("host", host)
        .put("port", port)
        .put("adminToken", adminToken)
        .put("ingestToken", ingestToken)
        .put("tokens", new JsonArray(tokens.stream().map(TokenOptions::toJson).toList()))
        .put("server", server.copy())
        .put("allowPlaintext", allowPlaintext)
        .put("address", address)
        .put("entryAddress", entryAddress);
  }

  /** Whether the API is served at all. */
  public boolean isEnabled() {
    return enabled;
  }

  /** Sets whether the API is served at all. */
  public HttpOptions setEnabled(boolean enabled) {
    this.enabled = enabled;
    return this;
  }

  /** The host name or address to listen on. */
  public String getHost() {
    return host;
  }

  /** Sets the host name or address to listen on. */
  public HttpOptions setHost(String host) {
    this.host = Objects.requireNonNull(host, "host");
    return this;
  }

  /** The port to listen on; 0 for any that is free. */
  public int getPort() {
    return port;
  }

  /** Sets the port to listen on; 0 for any that is free. */
  public HttpOptions setPort(int port) {
    this.port = port;
    return this;
  }

  /** The token of all routes; empty to make one at start, {@code null} when a host guards them. */
  public String getAdminToken() {
    return adminToken;
  }

  /** Sets the token: empty to make one at start, {@code null} when the host's router guards. */
  public HttpOptions setAdminToken(String adminToken) {
    this.adminToken = adminToken;
    return this;
  }

  /** The token that is good for {@code POST /audit} alone, or {@code null}. */
  public String getIngestToken() {
    return ingestToken;
  }

  /** Sets the token that is good for {@code POST /audit} alone, or {@code null} for none. */
  public HttpOptions setIngestToken(String ingestToken) {
    this.ingestToken = ingestToken;
    return this;
  }

  /** Further tokens, each with a name and a role. */
  public List<TokenOptions> getTokens() {
    return copy(tokens);
  }

  /** Sets further tokens; two of one name are valid at once, so that one can replace the other. */
  public HttpOptions setTokens(List<TokenOptions> tokens) {
    this.tokens = copy(tokens);
    return this;
  }

  /** Adds a token to those of {@link #getTokens()}. */
  public HttpOptions addToken(TokenOptions token) {
    tokens.add(new TokenOptions(token));
    return this;
  }

  private static List<TokenOptions> copy(List<TokenOptions> tokens) {
    return new ArrayList<>(tokens.stream().map(TokenOptions::new).toList());
  }

  /** TLS and transport of the server, as Vert.x's {@code HttpServerOptions} have it in JSON. */
  public JsonObject getServer() {
    return server.copy();
  }

  /** Sets TLS and transport of the server, which are copied here. */
  public HttpOptions setServer(JsonObject server) {
    this.server = server.copy();
    return this;
  }

  /** Whether there may be HTTP without TLS on an address that is not loopback. */
  public boolean isAllowPlaintext() {
    return allowPlaintext;
  }

  /** Sets whether there may be HTTP without TLS on an address that is not loopback. */
  public HttpOptions setAllowPlaintext(boolean allowPlaintext) {
    this.allowPlaintext = allowPlaintext;
    return this;
  }

  /** The prefix of the webhook's event-bus addresses. */
  public String getAddress() {
    return address;
  }

  /** Sets the prefix of the webhook's event-bus addresses. */
  public HttpOptions setAddress(String address) {
    this.address = Objects.requireNonNull(address, "address");
    return this;
  }

  /** The event-bus address of audit entries. */
  public String getEntryAddress() {
    return entryAddress;
  }

  /** Sets the event-bus address of audit entries. */
  public HttpOptions setEntryAddress(String entryAddress) {
    this.entryAddress = Objects.requireNonNull(entryAddress, "entryAddress");
    return this;
  }
}
