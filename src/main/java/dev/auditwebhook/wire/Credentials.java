package dev.auditwebhook.wire;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.UrlPolicy.Destination;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where the configured headers, the token and the client certificate go: to the origin of the URL
 * that was configured with them, or to any where none was, and to {@code allowedOrigins}. Whoever
 * may set a URL must not get them by naming a receiver of his own.
 */
public final class Credentials {

  private final Set<String> origins = new HashSet<>();
  private final boolean anywhere;
  private final boolean some;
  private final boolean token;
  private Destination lastAsked;
  private boolean lastAnswer;

  /**
   * @param url that was configured with them, empty for none, {@code null} when not all have one
   */
  public Credentials(EndpointOptions options, String url) {
    boolean certificate = new WebClientOptions(options.getClient()).getKeyCertOptions() != null;
    token = options.getAuth() != null;
    some = certificate || token || !options.getHeaders().isEmpty();
    List<String> allowed = new ArrayList<>(options.getAllowedOrigins());
    if (url != null && !url.isEmpty()) {
      allowed.add(0, url);
    }
    anywhere = url != null && allowed.isEmpty();
    // Where attempts may go is decided elsewhere: an origin that is forbidden now is none of them.
    allowed.forEach(each -> origins.add(UrlPolicy.vet(each, true).origin()));
  }

  /** Whether an endpoint gets them. */
  boolean goTo(Destination destination) {
    if (destination != lastAsked) {
      lastAsked = destination;
      lastAnswer = anywhere || origins.contains(destination.origin());
    }
    return lastAnswer;
  }

  /** What an operator must know, {@code null} for nothing. */
  public String warning(Destination destination) {
    return destination == null || !some || goTo(destination)
        ? null
        : "the configured headers"
            + (token ? ", token" : "")
            + " and client certificate are not sent to "
            + destination.origin()
            + ", as they were configured for another origin; if it may have them, name it in"
            + " allowedOrigins";
  }
}
