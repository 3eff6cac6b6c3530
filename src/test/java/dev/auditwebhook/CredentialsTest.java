package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A receiver's credential goes to that receiver, and not to whatever URL comes after it. */
class CredentialsTest extends WebhookTest {

  private ScriptedReceiver other;

  @BeforeEach
  void anotherReceiver() {
    other = ScriptedReceiver.start(elsewhere);
  }

  @Override
  protected WebhookOptions options() {
    return super.options()
        .setHeaders(Map.of("Authorization", "Bearer of-the-first", "X-Tenant", "blue"));
  }

  private String origin(ScriptedReceiver of) {
    return of.url().replace("/in", "");
  }

  private String warning() {
    return state().json().getString("warning");
  }

  @Test
  void aUrlOfAnotherOriginDoesNotGetThem() {
    deploy(options());
    assertThat(warning()).isNull();
    result(client.setUrl(other.url()));

    assertThat(warning())
        .isEqualTo(
            "the configured headers and client certificate are not sent to "
                + origin(other)
                + ", as they were configured for another origin; if it may have them, name it in"
                + " allowedOrigins");
    result(client.test());
    publish(2);
    awaitSettled(2);

    assertThat(other.requests())
        .hasSize(3)
        .allSatisfy(
            request -> {
              assertThat(request.headers().contains("Authorization")).isFalse();
              assertThat(request.headers().contains("X-Tenant")).isFalse();
              assertThat(request.headers().contains("webhook-id")).isTrue();
            });
  }

  @Test
  void anotherPathOfTheSameOriginGetsThem() {
    deploy(options());

    result(client.setUrl(receiver.url("/elsewhere?x=y")));
    publish(1);
    awaitSettled(1);

    assertThat(receiver.requests().get(0).headers().get("Authorization"))
        .isEqualTo("Bearer of-the-first");
    assertThat(warning()).isNull();
  }

  @Test
  void anOriginThatIsNamedGetsThem() {
    deploy(options().setAllowedOrigins(List.of(origin(other))));

    result(client.setUrl(other.url()));
    publish(1);
    awaitSettled(1);

    assertThat(other.requests().get(0).headers().get("X-Tenant")).isEqualTo("blue");
    assertThat(warning()).isNull();
  }

  @Test
  void withoutAConfiguredUrlTheFirstThatIsSetGetsThem() {
    deploy(options().setUrl(""));

    result(client.setUrl(other.url()));
    publish(1);
    awaitSettled(1);

    assertThat(other.requests().get(0).headers().get("Authorization"))
        .isEqualTo("Bearer of-the-first");
  }

  @Test
  void nothingToLeaveOutIsNothingToWarnOf() {
    deploy(options().setHeaders(Map.of()));

    result(client.setUrl(other.url()));

    assertThat(warning()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"siem.example", "https://siem.example/in", "https://u@siem.example", ""})
  void anAllowedOriginIsSchemeHostAndPort(String origin) {
    assertThatThrownBy(
            () ->
                new WebhookOptions(
                    new WebhookOptions().setAllowedOrigins(List.of(origin)).toJson()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("webhook.allowedOrigins[0]: must ");
    assertThat(
            new WebhookOptions(
                new JsonObject("{\"allowedOrigins\":[\"https://SIEM.example:443/\"]}")))
        .extracting(WebhookOptions::getAllowedOrigins)
        .isEqualTo(List.of("https://SIEM.example:443/"));
  }
}
