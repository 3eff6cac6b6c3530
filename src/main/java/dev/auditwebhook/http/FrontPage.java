package dev.auditwebhook.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The page that says what this is. It shows no state, so it needs no token. */
final class FrontPage implements Handler<RoutingContext> {

  private static final String RESOURCE = "index.html";

  private final Buffer page;
  private final String policy;

  FrontPage() {
    String html = load();
    page = Buffer.buffer(html);
    policy =
        "default-src 'none'; style-src '"
            + hash(html.substring(html.indexOf("<style>") + 7, html.indexOf("</style>")))
            + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  }

  @Override
  public void handle(RoutingContext ctx) {
    ctx.response().putHeader("content-security-policy", policy);
    Answers.end(ctx.request(), 200, "text/html; charset=utf-8", page);
  }

  private static String load() {
    try (InputStream in = FrontPage.class.getResourceAsStream(RESOURCE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How a content security policy names the one style that it allows. */
  private static String hash(String style) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] digest = sha256.digest(style.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
