package dev.auditwebhook.wire.auth;

import dev.auditwebhook.AuthOptions;
import io.vertx.core.Future;
import io.vertx.ext.auth.oauth2.OAuth2FlowType;
import io.vertx.ext.auth.oauth2.OAuth2Options;
import io.vertx.ext.auth.oauth2.Oauth2Credentials;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/** Asks for tokens with client credentials (RFC 6749, section 4.4). */
public final class TokenSource implements Supplier<Future<AccessToken>> {

  private final TokenRoute route;
  private final OAuth2Options options;
  private final Oauth2Credentials credentials = new Oauth2Credentials();
  private int requests;

  public TokenSource(AuthOptions auth, TokenRoute route) {
    this.route = route;
    // The library logs the URL that it asks: it is given the origin, and the request the rest.
    options =
        new OAuth2Options()
            .setSupportedGrantTypes(List.of(OAuth2FlowType.CLIENT.getGrantType()))
            .setSite(route.destination().origin())
            .setTokenPath("/")
            .setClientId(encoded(auth.getClientId()))
            .setClientSecret(encoded(auth.getClientSecret()));
    credentials.setFlow(OAuth2FlowType.CLIENT);
    if (auth.getScope() != null && !auth.getScope().isBlank()) {
      credentials.setScopes(List.of(auth.getScope().strip().split(" +")));
    }
  }

  /** As RFC 6749 has it in section 2.3.1, and the library has not. */
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Asks for one. It fails with {@link TokenException}. */
  @Override
  public Future<AccessToken> get() {
    int number = requests;
    requests = (requests + 1) % Integer.MAX_VALUE;
    return new TokenRequest(route, number).send(new OAuth2Options(options), credentials);
  }
}
