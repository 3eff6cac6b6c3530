package dev.auditwebhook.wire;

import dev.auditwebhook.AuthOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.security.OwnHeaders;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The headers of one attempt: Standard Webhooks 1.0.0, the plain form, and the configured ones. */
public final class StandardHeaders {

  /** The secrets that sign. */
  public interface Secrets {

    /** Those that sign now, in milliseconds since the epoch, the newest first. */
    List<String> signing(long now);

    /** When the next of them stops signing, or never: {@link Long#MAX_VALUE}. */
    long nextExpiry(long now);
  }

  private static final Logger log = LoggerFactory.getLogger(StandardHeaders.class);

  private static final CharSequence AGENT = HttpHeaders.createOptimized("vertx-audit-webhook");
  private static final CharSequence ID = HttpHeaders.createOptimized("webhook-id");
  private static final CharSequence TIMESTAMP = HttpHeaders.createOptimized("webhook-timestamp");
  private static final CharSequence SIGNATURE = HttpHeaders.createOptimized("webhook-signature");

  private final String signatureHeader;
  private final Secrets secrets;
  private final LongSupplier clock;
  private final Map<String, String> added = new LinkedHashMap<>();
  private final List<String> confidential;
  private Signer signer;
  private long signerExpires;

  /**
   * @param clock the time, in milliseconds since the epoch
   */
  public StandardHeaders(EndpointOptions options, Secrets secrets, LongSupplier clock) {
    this.signatureHeader = options.getSignatureHeader();
    this.secrets = secrets;
    this.clock = clock;
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
    confidential =
        Stream.concat(
                added.values().stream(),
                Stream.ofNullable(options.getAuth()).map(AuthOptions::getClientSecret))
            .toList();
    secretsChanged();
  }

  /** What is configured in confidence, and a receiver may echo. */
  List<String> confidential() {
    return confidential;
  }

  /** Signs with the secrets of now. */
  public void secretsChanged() {
    long now = clock.getAsLong();
    signer = new Signer(secrets.signing(now));
    signerExpires = secrets.nextExpiry(now);
  }

  public boolean signed() {
    return signer.signs();
  }

  /** Adds the headers of one attempt to those of its request: the configured ones, if so asked. */
  void addTo(MultiMap headers, String messageId, byte[] body, boolean configured) {
    long now = clock.getAsLong();
    if (now >= signerExpires) {
      secretsChanged();
    }
    String timestamp = Long.toString(now / 1000);
    headers.set(HttpHeaders.USER_AGENT, AGENT).set(ID, messageId).set(TIMESTAMP, timestamp);
    if (configured) {
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
