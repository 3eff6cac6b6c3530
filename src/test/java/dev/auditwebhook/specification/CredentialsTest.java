package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A receiver's credential goes to that receiver, and not to whatever URL comes after it. */
@EveryStore
class CredentialsTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private final ScriptedReceiver other = webhook.anotherReceiver();

  private WebhookOptions options() {
    return webhook
        .options()
        .setHeaders(Map.of("Authorization", "Bearer of-the-first", "X-Tenant", "blue"));
  }

  private String origin(ScriptedReceiver of) {
    return of.url().replace("/in", "");
  }

  private String warning() {
    return webhook.state().warning();
  }

  @Test
  void aUrlOfAnotherOriginDoesNotGetThem() {
    webhook.deploy(options());
    assertThat(warning()).isNull();
    result(webhook.client().setUrl(other.url()));

    assertThat(warning())
        .isEqualTo(
            "the configured headers and client certificate are not sent to "
                + origin(other)
                + ", as they were configured for another origin; if it may have them, name it in"
                + " allowedOrigins");
    result(webhook.client().test());
    webhook.publish(2);
    webhook.awaitSettled(2);

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
    webhook.deploy(options());

    result(webhook.client().setUrl(receiver.url("/elsewhere?x=y")));
    webhook.publish(1);
    webhook.awaitSettled(1);

    assertThat(receiver.takeRequest().headers().get("Authorization"))
        .isEqualTo("Bearer of-the-first");
    assertThat(warning()).isNull();
  }

  @Test
  void anOriginThatIsNamedGetsThem() {
    webhook.deploy(options().setAllowedOrigins(List.of(origin(other))));

    result(webhook.client().setUrl(other.url()));
    webhook.publish(1);
    webhook.awaitSettled(1);

    assertThat(other.takeRequest().headers().get("X-Tenant")).isEqualTo("blue");
    assertThat(warning()).isNull();
  }

  @Test
  void noOriginThatIsNotNamedCanBeSetWhereSomeAre() {
    webhook.deploy(options().setAllowedOrigins(List.of("https://siem.example")));

    ReplyException refusal = refusal(webhook.client().setUrl(other.url()));

    assertThat(refusal.failureCode()).isEqualTo(400);
    assertThat(refusal).hasMessage("url: " + origin(other) + " is not an origin of allowedOrigins");
    result(webhook.client().setUrl("https://siem.example/other"));
    result(webhook.client().disable());
    result(webhook.client().setUrl(receiver.url("/other")));
    webhook.publish(1);
    webhook.awaitSettled(1);
    assertThat(receiver.takeRequest().path()).isEqualTo("/other");
  }

  @Test
  void whatMustBeHttpsIsRefusedOtherwise() {
    webhook.deploy(options().setUrl("").setRequireHttps(true));

    ReplyException refusal = refusal(webhook.client().setUrl(other.url()));

    assertThat(refusal.failureCode()).isEqualTo(400);
    assertThat(refusal).hasMessage("url: must begin with https://, as requireHttps is true");
    ReplyException put =
        refusal(
            webhook
                .client()
                .put("siem", new EndpointOptions().setUrl(other.url()).setRequireHttps(true)));
    assertThat(put).hasMessageStartingWith("config.url: must begin with https://");
  }

  @Test
  void withoutAConfiguredUrlTheFirstThatIsSetGetsThem() {
    webhook.deploy(options().setUrl(""));

    result(webhook.client().setUrl(other.url()));
    webhook.publish(1);
    webhook.awaitSettled(1);

    assertThat(other.takeRequest().headers().get("Authorization")).isEqualTo("Bearer of-the-first");
  }

  @Test
  void nothingToLeaveOutIsNothingToWarnOf() {
    webhook.deploy(options().setHeaders(Map.of()));

    result(webhook.client().setUrl(other.url()));

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
