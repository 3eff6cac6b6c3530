package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthOptionsTest {

  private static AuthOptions auth() {
    return new AuthOptions()
        .setTokenUrl("https://idp.example/token")
        .setClientId("audit")
        .setClientSecret("s3cret")
        .setScope("write");
  }

  private static void refused(EndpointOptions options, String message) {
    assertThatThrownBy(() -> new EndpointOptions(options.toJson()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void allThatIsSetComesBack() {
    assertThat(new AuthOptions(auth().toJson()).toJson()).isEqualTo(auth().toJson());
    assertThat(new AuthOptions(auth()).toJson()).isEqualTo(auth().toJson());
    assertThat(auth().toString()).doesNotContain("s3cret");
    EndpointOptions options = new EndpointOptions().setAuth(auth());
    assertThat(new EndpointOptions(options.toJson()).getAuth().toJson()).isEqualTo(auth().toJson());
  }

  @ParameterizedTest
  @CsvSource({
    "type, basic, must be oauth2",
    "clientId, '', must not be empty",
    "clientSecret, '', must not be empty",
    "tokenUrl, https://u:p@idp.example/, must have no user-info; use headers for credentials",
    "issuer, x, unknown key"
  })
  void whatIsWrongIsOneLineWithThePathOfTheKey(String key, String value, String message) {
    JsonObject json = new EndpointOptions().setAuth(auth()).toJson();
    json.getJsonObject("auth").put(key, value);

    assertThatThrownBy(() -> new EndpointOptions(json))
        .hasMessage("webhook.auth." + key + ": " + message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Authorization", "authorization"})
  void aConfiguredAuthorizationIsRefusedBesideIt(String name) {
    String message =
        "webhook.auth: sets the header Authorization, which must not be configured beside it";
    refused(
        new EndpointOptions().setAuth(auth()).setHeaders(Map.of(name, "Splunk t0ken")), message);
    refused(new EndpointOptions().setAuth(auth()).setSignatureHeader(name), message);
    EndpointOptions without = new EndpointOptions().setHeaders(Map.of(name, "Splunk t0ken"));
    assertThat(new EndpointOptions(without.toJson()).getHeaders()).hasSize(1);
  }

  @Test
  void whereHttpsIsRequiredTokensAreAskedForByHttps() {
    AuthOptions plain = auth().setTokenUrl("http://idp.example/token");
    refused(
        new EndpointOptions().setAuth(plain).setRequireHttps(true),
        "webhook.auth.tokenUrl: must begin with https://, as requireHttps is true");
    refused(
        new EndpointOptions().setUrl("http://siem.example/in").setRequireHttps(true),
        "webhook.url: must begin with https://, as requireHttps is true");
    EndpointOptions https = new EndpointOptions().setUrl("HTTPS://siem.example/in").setAuth(auth());
    assertThat(new EndpointOptions(https.setRequireHttps(true).toJson()).isRequireHttps()).isTrue();
  }

  @Test
  void compressionIsNoneOrGzip() {
    refused(
        new EndpointOptions().setCompression("br"), "webhook.compression: must be none or gzip");
    assertThat(
            new EndpointOptions(new EndpointOptions().setCompression("gzip").toJson())
                .getCompression())
        .isEqualTo("gzip");
  }
}
