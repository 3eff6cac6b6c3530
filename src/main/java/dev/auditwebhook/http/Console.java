package dev.auditwebhook.http;

import dev.auditwebhook.http.guard.ResponseWriter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator's page at {@code /} and the few files that it is made of. They hold no state, so
 * they need no token: the page asks for it, and sends it with its requests to the API.
 */
final class Console {

  private static final Logger LOG = LoggerFactory.getLogger(Console.class);

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

  private static final String PAGE = "index.html";
  private static final List<String> OWN =
      List.of(
          """
          console.css endpoints.css icon.svg
          advice.js api.js app.js attempts.js charts.js configuration.js dead-letters.js dialogs.js
          dom.js fields.js form.js formats.js judge.js list.js nodes.js page.js poll.js role.js route.js rows.js
          secret.js settings.js status.js store.js trouble.js"""
              .split("\\s+"));

  private static final String WEB_JARS = "/META-INF/resources/webjars/";
  private static final List<String> LIBRARIES =
      List.of(
          "picocss__pico/2.1.1/css/pico.min.css",
          "uplot/1.6.30/dist/uPlot.min.css",
          "uplot/1.6.30/dist/uPlot.esm.js");

  private final File page = new File(PAGE, Resources.load("console/" + PAGE));

  void addTo(RouteTable table) {
    table.route(HttpMethod.GET, "/", this::page);
    for (String name : OWN) {
      add(table, name, Resources.load("console/" + name));
    }
    for (String path : LIBRARIES) {
      Buffer content = Resources.load(WEB_JARS + path);
      if (content == null) {
        LOG.warn("The console lacks {}: its web jar is not on the class path", path);
      } else {
        add(table, path.substring(path.lastIndexOf('/') + 1), content);
      }
    }
  }

  private static void add(RouteTable table, String name, Buffer content) {
    table.route(HttpMethod.GET, "/console/" + name, new File(name, content)::serve);
  }

  private void page(RoutingContext ctx) {
    ctx.response().putHeader("content-security-policy", POLICY);
    ResponseWriter.end(ctx, 200, page.type, page.content);
  }

  /** Adds the slash to a host's path such as {@code /admin}: relative links would miss. */
  static void addSlash(RoutingContext ctx) {
    String path = ctx.request().path();
    String mount = ctx.mountPoint();
    if (path == null || path.endsWith("/") || !path.equals(mount) && !(path + "/").equals(mount)) {
      ctx.next();
    } else {
      String last = path.substring(path.lastIndexOf('/') + 1);
      ctx.response().putHeader(HttpHeaders.LOCATION, "./" + last + "/").setStatusCode(308).end();
    }
  }

  /** One file, held in memory, and asked for anew only when it has changed. */
  private record File(Buffer content, String type, String etag) {

    File(String name, Buffer content) {
      this(content, contentType(name), etag(content));
    }

    void serve(RoutingContext ctx) {
      ctx.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
      ctx.etag(etag);
      if (ctx.isFresh()) {
        ctx.response().setStatusCode(304).end();
      } else {
        ResponseWriter.end(ctx, 200, type, content);
      }
    }

    private static String contentType(String name) {
      return switch (name.substring(name.lastIndexOf('.') + 1)) {
        case "html" -> "text/html; charset=utf-8";
        case "css" -> "text/css; charset=utf-8";
        case "js" -> "text/javascript; charset=utf-8";
        case "svg" -> "image/svg+xml";
        default -> throw new IllegalArgumentException(name);
      };
    }

    private static String etag(Buffer content) {
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes());
        return '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(digest) + '"';
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
