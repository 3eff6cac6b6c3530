package dev.auditwebhook.delivery;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.UrlPolicy.Endpoint;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.HashSet;
import java.util.Set;

/**
 * Where the configured headers and the client certificate go: to the origin of the URL that was
 * configured with them, or to any where none was, and to {@code allowedOrigins}. Whoever may set a
 * URL must not get them by naming a receiver of his own.
 */
final class Credentials {

  private final Set<String> origins = new HashSet<>();
  private final boolean anywhere;
  private final boolean some;
  private Endpoint lastAsked;
  private boolean lastAnswer;

  Credentials(WebhookOptions options) {
    boolean certificate = new WebClientOptions(options.getClient()).getKeyCertOptions() != null;
    some = certificate || !options.getHeaders().isEmpty();
    anywhere = options.getUrl().isEmpty() && options.getAllowedOrigins().isEmpty();
    if (!options.getUrl().isEmpty()) {
      origins.add(origin(options, options.getUrl()));
    }
    options.getAllowedOrigins().forEach(allowed -> origins.add(origin(options, allowed)));
  }

  private static String origin(WebhookOptions options, String url) {
    return UrlPolicy.vet(url, options.isAllowPrivateNetworks()).origin();
  }

  /** Whether an endpoint gets them. */
  boolean goTo(Endpoint endpoint) {
    if (endpoint != lastAsked) {
      lastAsked = endpoint;
      lastAnswer = anywhere || origins.contains(endpoint.origin());
    }
    return lastAnswer;
  }

  /** What an operator must know, {@code null} for nothing. */
  String warning(Endpoint endpoint) {
    return endpoint == null || !some || goTo(endpoint)
        ? null
        : "the configured headers and client certificate are not sent to "
            + endpoint.origin()
            + ", as they were configured for another origin; if it may have them, name it in"
            + " allowedOrigins";
  }
}
