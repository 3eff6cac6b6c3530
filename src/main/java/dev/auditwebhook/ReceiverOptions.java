package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.ClientOptions;
import dev.auditwebhook.security.OwnHeaders;
import dev.auditwebhook.security.SigningKey;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.wire.format.FormatCatalog;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where an endpoint's events go, and what the receiver is shown: one half of its options.
 *
 * @param <T> what the setters give back
 */
abstract class ReceiverOptions<T> {

  public static final String DEFAULT_FORMAT = FormatCatalog.DEFAULT;

  /** The {@code compression} of bodies that are sent as they are. */
  public static final String NONE = "none";

  /** The {@code compression} of bodies that are sent with {@code content-encoding: gzip}. */
  public static final String GZIP = "gzip";

  public static final String DEFAULT_COMPRESSION = NONE;

  public static final boolean DEFAULT_REQUIRE_HTTPS = false;

  /** What is wrong with another URL where {@link #isRequireHttps()}. */
  public static final String HTTPS_ONLY = "must begin with https://, as requireHttps is true";

  private String url = "";
  private List<String> secrets = List.of();
  private Map<String, String> headers = Map.of();
  private List<String> allowedOrigins = List.of();
  private boolean requireHttps = DEFAULT_REQUIRE_HTTPS;
  private String signatureHeader;
  private JsonObject client = new JsonObject();
  private String format = DEFAULT_FORMAT;
  private JsonObject formatOptions = new JsonObject();
  private String compression = DEFAULT_COMPRESSION;
  private AuthOptions auth;

  ReceiverOptions() {}

  ReceiverOptions(ReceiverOptions<?> other) {
    url = other.url;
    secrets = other.secrets;
    headers = other.headers;
    allowedOrigins = other.allowedOrigins;
    requireHttps = other.requireHttps;
    signatureHeader = other.signatureHeader;
    client = other.client.copy();
    format = other.format;
    formatOptions = other.formatOptions.copy();
    compression = other.compression;
    auth = other.auth == null ? null : new AuthOptions(other.auth);
  }

  ReceiverOptions(StrictJson json) {
    url = json.string("url", url);
    secrets = json.strings("secrets", secrets);
    headers = json.stringMap("headers");
    allowedOrigins = json.strings("allowedOrigins", allowedOrigins);
    requireHttps = json.bool("requireHttps", requireHttps);
    signatureHeader = json.stringOrNull("signatureHeader", signatureHeader);
    client = json.raw("client");
    format = json.string("format", format);
    formatOptions = json.raw("formatOptions");
    compression = json.string("compression", compression);
    auth = json.isNull("auth") ? null : new AuthOptions(json.object("auth"));
  }

  abstract T self();

  /** Refuses what the types and ranges of the keys let pass. */
  void check(StrictJson json, boolean allowPrivateNetworks) {
    if (!url.isEmpty()) {
      json.check("url", () -> UrlPolicy.vet(url, allowPrivateNetworks));
      json.require(isHttpsIfNeeded(url), "url", HTTPS_ONLY);
    }
    json.checkEach("secrets", secrets, SigningKey::of);
    json.check("headers", () -> headers.forEach(OwnHeaders::check));
    json.checkEach(
        "allowedOrigins",
        allowedOrigins,
        origin -> UrlPolicy.vetOrigin(origin, allowPrivateNetworks));
    if (signatureHeader != null) {
      json.check("signatureHeader", () -> OwnHeaders.checkForeign(signatureHeader));
    }
    ClientOptions.read(json.pathOf("client"), client);
    json.require(
        compression.equals(NONE) || compression.equals(GZIP),
        "compression",
        "must be " + NONE + " or " + GZIP);
    if (auth != null) {
      auth.check(json.pathOf("auth"), allowPrivateNetworks);
      json.require(isHttpsIfNeeded(auth.getTokenUrl()), "auth.tokenUrl", HTTPS_ONLY);
      json.require(
          Stream.concat(headers.keySet().stream(), Stream.ofNullable(signatureHeader))
              .noneMatch("Authorization"::equalsIgnoreCase),
          "auth",
          "sets the header Authorization, which must not be configured beside it");
    }
  }

  private boolean isHttpsIfNeeded(String url) {
    return !requireHttps || url.regionMatches(true, 0, "https:", 0, 6);
  }

  /** These options as JSON, secrets included: for configuration, not for logs. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("url", url)
        .put("secrets", new JsonArray(secrets))
        .put("headers", new JsonObject(new LinkedHashMap<>(headers)))
        .put("allowedOrigins", new JsonArray(allowedOrigins))
        .put("requireHttps", requireHttps)
        .put("signatureHeader", signatureHeader)
        .put("client", client.copy())
        .put("format", format)
        .put("formatOptions", formatOptions.copy())
        .put("compression", compression)
        .put("auth", auth == null ? null : auth.toJson());
  }

  /** Where events go; empty for nowhere. */
  public String getUrl() {
    return url;
  }

  /** Sets {@link #getUrl()}. */
  public T setUrl(String url) {
    this.url = url;
    return self();
  }

  /** Signing secrets, {@code whsec_} and base64 of 24 to 64 bytes; the first is the newest. */
  public List<String> getSecrets() {
    return secrets;
  }

  /** Sets {@link #getSecrets()}. */
  public T setSecrets(List<String> secrets) {
    this.secrets = List.copyOf(secrets);
    return self();
  }

  /**
   * Static headers, such as a receiver's {@code Authorization}, which is refused beside {@link
   * #getAuth()}. They, its token and the client certificate go only to the origin of {@link
   * #getUrl()}, or to any when that is empty, and to {@link #getAllowedOrigins()}.
   */
  public Map<String, String> getHeaders() {
    return headers;
  }

  /** Sets {@link #getHeaders()}. */
  public T setHeaders(Map<String, String> headers) {
    this.headers = new LinkedHashMap<>(headers);
    return self();
  }

  /**
   * Where the URL may lead that is set at run time, beside the origin of {@link #getUrl()}: origins
   * such as {@code https://siem.example:8443}, which get the configured headers, token and client
   * certificate too. When it is empty the URL may lead anywhere, and takes none of these along.
   */
  public List<String> getAllowedOrigins() {
    return allowedOrigins;
  }

  /** Sets {@link #getAllowedOrigins()}. */
  public T setAllowedOrigins(List<String> allowedOrigins) {
    this.allowedOrigins = List.copyOf(allowedOrigins);
    return self();
  }

  /** Whether the URL, and that of {@link #getAuth()}, must be {@code https}. */
  public boolean isRequireHttps() {
    return requireHttps;
  }

  /** Sets {@link #isRequireHttps()}. */
  public T setRequireHttps(boolean requireHttps) {
    this.requireHttps = requireHttps;
    return self();
  }

  /** The name of a header with the plain hex HMAC-SHA256 of the body; {@code null} for none. */
  public String getSignatureHeader() {
    return signatureHeader;
  }

  /** Sets {@link #getSignatureHeader()}. */
  public T setSignatureHeader(String signatureHeader) {
    this.signatureHeader = signatureHeader;
    return self();
  }

  /** Vert.x {@code WebClientOptions} as JSON; redirects are forced off. */
  public JsonObject getClient() {
    return client;
  }

  /** Sets {@link #getClient()}. */
  public T setClient(JsonObject client) {
    this.client = client.copy();
    return self();
  }

  /**
   * How events are written: {@code event}, {@code ndjson}, {@code cloudevents}, {@code splunk-hec},
   * {@code elasticsearch}, {@code datadog}, {@code loki} or {@code otlp}.
   */
  public String getFormat() {
    return format;
  }

  /** Sets {@link #getFormat()}. */
  public T setFormat(String format) {
    this.format = format;
    return self();
  }

  /** What the format leaves open, such as {@code index} for {@code splunk-hec}. */
  public JsonObject getFormatOptions() {
    return formatOptions;
  }

  /** Sets {@link #getFormatOptions()}. */
  public T setFormatOptions(JsonObject formatOptions) {
    this.formatOptions = formatOptions.copy();
    return self();
  }

  /** {@value #NONE} or {@value #GZIP}. What is signed is the body before it is compressed. */
  public String getCompression() {
    return compression;
  }

  /** Sets {@link #getCompression()}. */
  public T setCompression(String compression) {
    this.compression = compression;
    return self();
  }

  /**
   * Whose token is the {@code Authorization} header; {@code null} for nobody's. A configured header
   * of that name is refused beside it.
   */
  public AuthOptions getAuth() {
    return auth;
  }

  /** Sets {@link #getAuth()}. */
  public T setAuth(AuthOptions auth) {
    this.auth = auth == null ? null : new AuthOptions(auth);
    return self();
  }
}
