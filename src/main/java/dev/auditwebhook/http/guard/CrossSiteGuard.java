package dev.auditwebhook.http.guard;

import dev.auditwebhook.security.AddressGuard;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Where no token is asked for, keeps pages of other sites from using a browser that may come in: by
 * what browsers say of where a request is from, and by the name that it was sent to. A page whose
 * own name leads to the loopback address of its reader (DNS rebinding) is of the same origin for
 * the browser, so there the name decides.
 */
public final class CrossSiteGuard {

  private static final Set<String> OWN = Set.of("same-origin", "none");

  private final String name;

  /** The name may be that of a server, besides those of the loopback address. */
  public CrossSiteGuard(String name) {
    this.name = plain(name);
  }

  /** As a handler before all that does something. */
  public void handle(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    if (isForeign(request)) {
      ctx.fail(new Problem(403, "requests from pages of other sites are refused"));
    } else if (isMisled(request)) {
      ctx.fail(new Problem(403, "the host header names another server; http.host may allow it"));
    } else {
      ctx.next();
    }
  }

  private static boolean isForeign(HttpServerRequest request) {
    List<String> sites = request.headers().getAll("sec-fetch-site");
    if (!sites.isEmpty()) {
      return !OWN.containsAll(sites);
    }
    return request.headers().getAll("origin").stream().anyMatch(origin -> !isOwn(origin, request));
  }

  private static boolean isOwn(String origin, HttpServerRequest request) {
    try {
      URI uri = new URI(origin);
      HostAndPort own = request.authority();
      return own != null
          && uri.getHost() != null
          && request.scheme().equals(uri.getScheme())
          && plain(own.host()).equals(plain(uri.getHost()))
          && port(own.port(), uri.getScheme()) == port(uri.getPort(), uri.getScheme());
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static int port(int port, String scheme) {
    return port > 0 ? port : scheme.equals("https") ? 443 : 80;
  }

  private boolean isMisled(HttpServerRequest request) {
    if (request.isSSL() || request.authority() == null) {
      return false;
    }
    String host = plain(request.authority().host());
    return (!AddressGuard.isLiteral(name) || cameInOnLoopback(request))
        && !AddressGuard.isLiteral(host)
        && !host.equals("localhost")
        && !host.endsWith(".localhost")
        && !host.equals(name);
  }

  private static boolean cameInOnLoopback(HttpServerRequest request) {
    String address = request.localAddress() == null ? null : request.localAddress().hostAddress();
    return address != null && AddressGuard.isLoopback(address);
  }

  /** In lower case, without the dot that may end a name, and the brackets of an address. */
  private static String plain(String host) {
    return host.toLowerCase(Locale.ROOT).replaceAll("\\.$|^\\[|\\]$", "");
  }
}
