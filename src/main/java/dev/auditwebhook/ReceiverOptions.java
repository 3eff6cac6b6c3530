package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.ClientOptions;
import dev.auditwebhook.security.OwnHeaders;
import dev.auditwebhook.security.SigningKey;
import dev.auditwebhook.security.UrlPolicy;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where an endpoint's events go, and what the receiver is shown: one half of its options. */
abstract class ReceiverOptions {

  String url = "";
  List<String> secrets = List.of();
  Map<String, String> headers = Map.of();
  List<String> allowedOrigins = List.of();
  String signatureHeader;
  JsonObject client = new JsonObject();

  ReceiverOptions() {}

  ReceiverOptions(ReceiverOptions other) {
    url = other.url;
    secrets = other.secrets;
    headers = other.headers;
    allowedOrigins = other.allowedOrigins;
    signatureHeader = other.signatureHeader;
    client = other.client.copy();
  }

  ReceiverOptions(StrictJson json) {
    url = json.string("url", url);
    secrets = json.strings("secrets", secrets);
    headers = json.stringMap("headers");
    allowedOrigins = json.strings("allowedOrigins", allowedOrigins);
    signatureHeader = json.stringOrNull("signatureHeader", signatureHeader);
    client = json.raw("client");
  }

  /** Refuses what the types and ranges of the keys let pass. */
  void check(StrictJson json, boolean allowPrivateNetworks) {
    if (!url.isEmpty()) {
      json.check("url", () -> UrlPolicy.vet(url, allowPrivateNetworks));
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
  }

  /** These options as JSON, secrets included: for configuration, not for logs. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("url", url)
        .put("secrets", new JsonArray(secrets))
        .put("headers", new JsonObject(new LinkedHashMap<>(headers)))
        .put("allowedOrigins", new JsonArray(allowedOrigins))
        .put("signatureHeader", signatureHeader)
        .put("client", client.copy());
  }

  /** Where events go; empty for nowhere. */
  public String getUrl() {
    return url;
  }

  /** Signing secrets, {@code whsec_} and base64 of 24 to 64 bytes; the first is the newest. */
  public List<String> getSecrets() {
    return secrets;
  }

  /**
   * Static headers, such as a receiver's {@code Authorization}. They and the client certificate go
   * only to the origin of {@link #getUrl()}, or to any when that is empty, and to {@link
   * #getAllowedOrigins()}.
   */
  public Map<String, String> getHeaders() {
    return headers;
  }

  /**
   * More origins, such as {@code https://siem.example:8443}, that get the configured headers and
   * client certificate when the URL is set to one of them.
   */
  public List<String> getAllowedOrigins() {
    return allowedOrigins;
  }

  /** The name of a header with the plain hex HMAC-SHA256 of the body; {@code null} for none. */
  public String getSignatureHeader() {
    return signatureHeader;
  }

  /** Vert.x {@code WebClientOptions} as JSON; redirects are forced off. */
  public JsonObject getClient() {
    return client;
  }
}
