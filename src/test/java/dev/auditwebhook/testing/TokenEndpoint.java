package dev.auditwebhook.testing;

import dev.auditwebhook.AuthOptions;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;

/**
 * A token endpoint on a real socket: it grants {@code token-1}, {@code token-2} and so on to one
 * client, and plays a script of other effects before that.
 */
public final class TokenEndpoint {

  public static final String CLIENT = "audit";
  public static final String SECRET = "s3cret/of:the client";

  private final ScriptedReceiver server;
  private volatile Long expiresIn = 3_600L;
  private int granted;

  private TokenEndpoint(ScriptedReceiver server) {
    this.server = server.usually(request -> grant("token-" + ++granted));
  }

  public static TokenEndpoint start(Vertx vertx) {
    return of(ScriptedReceiver.start(vertx));
  }

  /** One on a server of the test's own. */
  public static TokenEndpoint of(ScriptedReceiver server) {
    return new TokenEndpoint(server);
  }

  private Effect grant(String token) {
    JsonObject answer = new JsonObject().put("access_token", token).put("token_type", "Bearer");
    if (expiresIn != null) {
      answer.put("expires_in", expiresIn);
    }
    return json(200, answer.encode());
  }

  /** An answer in JSON. */
  public static Effect json(int status, String body) {
    return Effect.status(status, Map.of("content-type", "application/json"), body);
  }

  /** For how many seconds tokens are good; {@code null} for nothing said. */
  public TokenEndpoint expiresIn(Long seconds) {
    expiresIn = seconds;
    return this;
  }

  public ScriptedReceiver server() {
    return server;
  }

  /** What it was asked. */
  public List<Received> requests() {
    return server.requests();
  }

  /** Credentials of its client. */
  public AuthOptions auth() {
    return auth(server.url("/token?tenant=7"));
  }

  public AuthOptions auth(String url) {
    return new AuthOptions()
        .setTokenUrl(url)
        .setClientId(CLIENT)
        .setClientSecret(SECRET)
        .setScope("write read");
  }

  public String origin() {
    return "http://127.0.0.1:" + server.port();
  }

  /** What a receiver does that takes what shows a token, and of each other token says 401. */
  public static Function<Received, Effect> accepting(String... tokens) {
    Queue<String> good = new ArrayDeque<>();
    for (String token : tokens) {
      good.add("Bearer " + token);
    }
    return request ->
        Effect.status(good.contains(request.headers().get("authorization")) ? 204 : 401);
  }
}
