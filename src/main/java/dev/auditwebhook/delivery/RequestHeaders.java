package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.security.OwnHeaders;
import dev.auditwebhook.security.Signer;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The headers of one attempt: Standard Webhooks 1.0.0, the plain form, and the configured ones. */
final class RequestHeaders {

  private static final Logger log = LoggerFactory.getLogger(RequestHeaders.class);

  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence AGENT = HttpHeaders.createOptimized("vertx-audit-webhook");
  private static final CharSequence ID = HttpHeaders.createOptimized("webhook-id");
  private static final CharSequence TIMESTAMP = HttpHeaders.createOptimized("webhook-timestamp");
  private static final CharSequence SIGNATURE = HttpHeaders.createOptimized("webhook-signature");

  private final String signatureHeader;
  private final Settings settings;
  private final Map<String, String> added = new LinkedHashMap<>();
  private Signer signer;
  private long signerExpires;
  private long lastSeconds;
  private String timestamp;

  RequestHeaders(WebhookOptions options, Settings settings) {
    this.signatureHeader = options.getSignatureHeader();
    this.settings = settings;
    options
        .getHeaders()
        .forEach(
            (name, value) -> {
              if (OwnHeaders.isOurs(name) || name.equalsIgnoreCase(signatureHeader)) {
                log.warn("webhook.headers: {} is ignored, the webhook sets it itself", name);
              } else {
                added.put(name, value);
              }
            });
    secretsChanged();
  }

  void secretsChanged() {
    long now = System.currentTimeMillis();
    signer = new Signer(settings.secrets(now), signatureHeader != null);
    signerExpires = settings.nextExpiry(now);
  }

  boolean signed() {
    return signer.signs();
  }

  /**
   * Adds the headers of one attempt to those of its request.
   *
   * @param configured whether the configured ones, too
   */
  void addTo(MultiMap headers, String messageId, byte[] body, boolean configured) {
    long now = System.currentTimeMillis();
    if (now >= signerExpires) {
      secretsChanged();
    }
    long seconds = now / 1000;
    if (seconds != lastSeconds) {
      lastSeconds = seconds;
      timestamp = Long.toString(seconds);
    }
    headers
        .set(HttpHeaders.CONTENT_TYPE, JSON)
        .set(HttpHeaders.USER_AGENT, AGENT)
        .set(ID, messageId)
        .set(TIMESTAMP, timestamp);
    if (configured && !added.isEmpty()) {
      added.forEach(headers::set);
    }
    if (signer.signs()) {
      headers.set(SIGNATURE, signer.signature(messageId, timestamp, body));
      if (signatureHeader != null) {
        headers.set(signatureHeader, signer.plain(body));
      }
    }
  }
}
