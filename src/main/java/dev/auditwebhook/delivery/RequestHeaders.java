package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.security.OwnHeaders;
import dev.auditwebhook.security.Redaction;
import dev.auditwebhook.security.Signer;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The headers of one attempt: Standard Webhooks 1.0.0, the plain form, and the configured ones. */
final class RequestHeaders {

  private static final Logger log = LoggerFactory.getLogger(RequestHeaders.class);

  private final String signatureHeader;
  private final Settings settings;
  private final Map<String, String> added = new LinkedHashMap<>();
  private Signer signer;
  private long signerExpires;

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

  /** A receiver may echo what it was sent: the values of configured headers are not shown again. */
  String conceal(String text) {
    String concealed = text;
    for (String value : added.values()) {
      for (String part : value.split(" ")) {
        if (part.length() >= 6) {
          concealed = concealed.replace(part, Redaction.REDACTED);
        }
      }
    }
    return concealed;
  }

  MultiMap of(String messageId, Buffer body) {
    long now = System.currentTimeMillis();
    if (now >= signerExpires) {
      secretsChanged();
    }
    String seconds = Long.toString(now / 1000);
    MultiMap headers =
        HttpHeaders.headers()
            .set(HttpHeaders.CONTENT_TYPE, "application/json")
            .set("webhook-id", messageId)
            .set("webhook-timestamp", seconds);
    added.forEach(headers::set);
    if (signer.signs()) {
      byte[] bytes = body.getBytes();
      headers.set("webhook-signature", signer.signature(messageId, now / 1000, bytes));
      if (signatureHeader != null) {
        headers.set(signatureHeader, signer.plain(bytes));
      }
    }
    return headers;
  }
}
