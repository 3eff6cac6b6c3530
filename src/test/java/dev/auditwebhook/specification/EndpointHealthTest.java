package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.silence;
import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient.Health;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Health and readiness of all endpoints, and of one. */
@EveryStore
class EndpointHealthTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver siem = webhook.anotherReceiver();

  private void deploy(EndpointOptions ofSiem) {
    webhook.deploy(webhook.options().putEndpoint("siem", ofSiem));
  }

  private Health health() {
    return result(webhook.client().health());
  }

  private Health ready() {
    return result(webhook.client().ready());
  }

  private Health healthOf(String id) {
    return result(webhook.client().endpoint(id).health());
  }

  @Test
  void allIsWell() {
    deploy(webhook.endpoint(siem));

    assertThat(health()).isEqualTo(new Health(true, List.of()));
    assertThat(ready()).isEqualTo(new Health(true, List.of()));
  }

  @Test
  void anOpenCircuitNamesItsEndpointAndIsReady() {
    siem.usually(status(503));
    deploy(
        webhook
            .endpoint(siem)
            .setCircuitBreaker(new CircuitOptions().setMaxFailures(1).setResetTimeout(3_600_000)));
    webhook.publish(2);
    webhook.awaitState("siem", state -> state.circuit().equals("open"));
    webhook.awaitSettled(2);

    assertThat(health()).isEqualTo(new Health(false, List.of("circuit_open siem")));
    assertThat(healthOf("siem").good()).isFalse();
    assertThat(healthOf("default")).isEqualTo(new Health(true, List.of()));
    assertThat(ready().good()).isTrue();
  }

  @Test
  void whatIsWrongWithSeveralIsSaidOfEach() {
    deploy(webhook.endpoint(siem));
    webhook.put("archive", new EndpointOptions());
    result(webhook.client().endpoint("siem").pause());
    result(webhook.client().pause());

    assertThat(health().reasons()).containsExactly("paused", "disabled archive", "paused siem");
    assertThat(healthOf("archive").reasons()).containsExactly("disabled archive");
  }

  @Test
  void aDefaultOneThatNobodyUsesIsNoneThatIsMissed() {
    webhook.deploy(webhook.options().setUrl("").putEndpoint("siem", webhook.endpoint(siem)));

    assertThat(health().good()).isTrue();
    assertThat(healthOf("default").reasons()).containsExactly("disabled");
    result(webhook.client().remove("siem"));
    assertThat(health().reasons()).containsExactly("disabled");
  }

  @Test
  void aRemovedOneIsNotWrongAnyMore() {
    deploy(webhook.endpoint(siem));
    result(webhook.client().endpoint("siem").pause());
    assertThat(health().good()).isFalse();

    result(webhook.client().remove("siem"));

    assertThat(health().good()).isTrue();
  }

  @Test
  @OneStore("in the others the queue is not what is bounded")
  void oneThatIsFullIsNamedAndTheWebhookIsReadyWhileAnotherHasRoom() {
    siem.usually(silence());
    deploy(webhook.endpoint(siem).setQueueCapacity(10).setAttemptTimeout(60_000));
    webhook.publish(12);
    webhook.awaitSettled(12);
    webhook.awaitState("siem", state -> state.dropped() == 2);

    assertThat(health().reasons()).containsExactly("nearly_full siem 10 of 10");
    assertThat(ready().good()).isTrue();
    assertThat(result(webhook.client().endpoint("siem").ready()))
        .isEqualTo(new Health(false, List.of("nearly_full siem 10 of 10")));

    result(webhook.client().disable());
    webhook.awaitState(state -> !state.enabled());
    assertThat(ready())
        .as("no other takes anything")
        .isEqualTo(new Health(false, List.of("nearly_full siem 10 of 10")));
  }
}
