package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.AuthOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the configuration says and what was said at run time: the later word wins, per value. */
@EveryStore
class LaterWordTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver siem = webhook.anotherReceiver();
  private final ScriptedReceiver other = webhook.anotherReceiver();

  private WebhookOptions configured(UnaryOperator<EndpointOptions> edit) {
    return webhook.options().putEndpoint("siem", edit.apply(webhook.endpoint(siem)));
  }

  private WebhookOptions configured() {
    return configured(options -> options);
  }

  /** The next start, with this in the file. */
  private void redeploy(WebhookOptions options) {
    webhook.undeploy();
    webhook.deploy(options);
  }

  @Nested
  class Values {

    @Test
    void whatWasSetHoldsWhileTheFileIsUnchangedAndNoLonger() {
      webhook.deploy(configured());
      result(webhook.client().endpoint("siem").setUrl(other.url()));

      redeploy(configured());
      assertThat(webhook.state("siem").url()).isEqualTo(other.url());

      redeploy(configured(file -> file.setUrl(siem.url("/edited"))));
      assertThat(webhook.state("siem").url()).isEqualTo(siem.url("/edited"));

      redeploy(configured());
      assertThat(webhook.state("siem").url())
          .as("a value that lost does not come back")
          .isEqualTo(siem.url());
    }

    @Test
    void whatWasPutHoldsToo() {
      webhook.deploy(configured());
      webhook.put("siem", webhook.endpoint(other).setFormat("ndjson").setActions(List.of("a.*")));

      redeploy(configured());

      webhook.publish("a.b", null);
      webhook.publish("b.a", null);
      State state = webhook.awaitSettled("siem", 2);
      assertThat(state.url()).isEqualTo(other.url());
      assertThat(state.format()).isEqualTo("ndjson");
      assertThat(state.discarded()).isEqualTo(1);
      assertThat(other.takeRequest().headers().get("content-type"))
          .isEqualTo("application/x-ndjson");
    }

    @Test
    void anEditOfOneValueTakesTheOthersFromThePut() {
      webhook.deploy(configured());
      webhook.put("siem", webhook.endpoint(other).setFormat("ndjson"));

      redeploy(configured(file -> file.setActions(List.of("a.*"))));

      webhook.publish("a.b", null);
      webhook.publish("b.a", null);
      State state = webhook.awaitSettled("siem", 2);
      assertThat(state.url()).as("put").isEqualTo(other.url());
      assertThat(state.format()).as("put").isEqualTo("ndjson");
      assertThat(state.discarded()).as("edited").isEqualTo(1);
    }

    @Test
    void aPutBetweenTwoEditsIsTheLastWordOnWhatTheSecondLeavesAlone() {
      webhook.deploy(configured());
      redeploy(configured(file -> file.setUrl(siem.url("/first"))));
      webhook.put("siem", webhook.endpoint(other));

      redeploy(configured(file -> file.setUrl(siem.url("/first")).setFormat("ndjson")));

      assertThat(webhook.state("siem").url()).isEqualTo(other.url());
      assertThat(webhook.state("siem").format()).isEqualTo("ndjson");
    }

    @Test
    void aSecretThatWasSetHoldsUntilTheFileHasAnother() {
      webhook.deploy(configured());
      result(webhook.client().endpoint("siem").setSecret(SECRET));

      redeploy(configured());
      assertThat(webhook.state("siem").signed()).isTrue();
      assertThat(webhook.state().signed()).isFalse();

      webhook.put("siem", webhook.endpoint(siem));
      assertThat(webhook.state("siem").signed()).as("replaced as a whole").isFalse();
    }

    @Test
    void aPauseOutlivesARedeployAndGoesWithAnotherUrlInTheFile() {
      webhook.deploy(configured());
      result(webhook.client().endpoint("siem").pause());
      webhook.publish(2);
      webhook.awaitState("siem", state -> state.pending() == 2);

      redeploy(configured());
      assertThat(webhook.state("siem").paused()).isTrue();
      assertThat(webhook.state().paused()).isFalse();

      redeploy(configured(file -> file.setUrl(other.url())));
      assertThat(webhook.awaitSettled("siem", 2).delivered()).isEqualTo(2);
      assertThat(other.eventIds()).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void headersOfAPutGoWhereItSaysAndThoseOfTheFileWhereItDoes() {
      webhook.deploy(configured(file -> file.setHeaders(Map.of("X-Of", "file"))));
      webhook.put("siem", webhook.endpoint(other).setHeaders(Map.of("X-Of", "put")));

      redeploy(configured(file -> file.setHeaders(Map.of("X-Of", "file"))));
      webhook.publish(1);
      webhook.awaitSettled("siem", 1);
      assertThat(other.takeRequest().headers().get("X-Of")).isEqualTo("put");

      redeploy(
          configured(
              file -> file.setUrl(siem.url("/new")).setHeaders(Map.of("X-Of", "edited file"))));
      webhook.publish(1);
      webhook.awaitSettled("siem", 2);
      assertThat(siem.takeRequest().headers().get("X-Of")).isEqualTo("edited file");
    }
  }

  @Nested
  class GivingWay {

    @Test
    void whatIsNotValidBesideAnEditGoesWithALineAndTheRestStays() {
      webhook.deploy(configured());
      webhook.put(
          "siem",
          webhook
              .endpoint(other)
              .setHeaders(Map.of("Authorization", "Bearer hush"))
              .setSignatureHeader("X-Sig")
              .setSecrets(List.of(SECRET)));

      try (LogLines log = new LogLines()) {
        redeploy(
            configured(
                file ->
                    file.setAuth(
                        new AuthOptions()
                            .setTokenUrl(siem.url("/token"))
                            .setClientId("client")
                            .setClientSecret("hush"))));
        assertThat(log.all())
            .contains(
                "WARN Endpoint siem: what was set at run time is not valid beside what is"
                    + " configured by now, which takes its place: headers")
            .noneMatch(line -> line.contains("hush"));
      }

      webhook.publish(1);
      webhook.awaitSettled("siem", 1);
      ScriptedReceiver.Received request = other.takeRequest();
      assertThat(request.headers().contains("X-Sig")).as("put").isTrue();
      assertThat(request.headers().contains("Authorization")).as("for another").isFalse();
      assertThat(siem.requests()).as("no token is asked for").isEmpty();
      assertThat(webhook.state("siem").warning()).contains("token").contains("not sent to");
    }

    @Test
    void aUrlThatAllowedOriginsDoNotLetPassGoesWithALine() {
      webhook.deploy(configured());
      webhook.put("siem", webhook.endpoint(other));
      String origin = other.url().replace("/in", "");

      try (LogLines log = new LogLines()) {
        redeploy(configured(file -> file.setAllowedOrigins(List.of("https://siem.example"))));
        assertThat(log.all())
            .contains(
                "WARN Endpoint siem: the URL that was set at run time is refused: "
                    + origin
                    + " is not an origin of allowedOrigins; "
                    + siem.url().replace("/in", "")
                    + " takes its place");
      }

      assertThat(webhook.state("siem").url()).isEqualTo(siem.url());
    }
  }

  @Nested
  class Coming {

    @Test
    void oneThatWasMadeAtRunTimeStays() {
      webhook.deploy();
      webhook.put("siem", webhook.endpoint(siem).setFormat("ndjson"));
      result(webhook.client().endpoint("siem").pause());
      webhook.publish(3);
      webhook.awaitState("siem", state -> state.pending() == 3);

      redeploy(webhook.options());
      redeploy(webhook.options().setMaxAttempts(7));

      assertThat(webhook.state("siem").format()).isEqualTo("ndjson");
      assertThat(webhook.state("siem").pending()).isEqualTo(3);
      result(webhook.client().endpoint("siem").resume());
      assertThat(webhook.awaitSettled("siem", 3).delivered()).isEqualTo(3);
      assertThat(siem.eventIds()).containsExactlyInAnyOrderElementsOf(ids(1, 3));
    }

    @Test
    void oneThatTheFileNamesNewGetsWhatArrivesFromThenOn() {
      webhook.deploy();
      webhook.publish(2);
      webhook.awaitSettled(2);

      redeploy(configured());
      webhook.publish(1);

      assertThat(webhook.awaitSettled("siem", 1).delivered()).isEqualTo(1);
      assertThat(siem.eventIds()).containsExactly(3L);
    }

    @Test
    void oneThatWasMadeAtRunTimeAndIsInTheFileLaterGoesOnByTheFile() {
      webhook.deploy();
      webhook.put("siem", webhook.endpoint(other));
      webhook.publish(2);
      webhook.awaitSettled("siem", 2);

      redeploy(configured());
      assertThat(webhook.state("siem").url()).isEqualTo(siem.url());
      assertThat(webhook.state("siem").received()).as("the same endpoint").isEqualTo(2);

      redeploy(webhook.options());
      assertThat(webhook.states()).as("taken out of the file").containsOnlyKeys("default");
    }
  }

  @Nested
  class Going {

    @Test
    void oneThatIsTakenOutOfTheFileGoesWithWhatIsPending() {
      siem.usually(status(400));
      webhook.deploy(configured());
      webhook.publish(2);
      webhook.awaitSettled("siem", 2);
      result(webhook.client().endpoint("siem").pause());
      webhook.publish(3);
      webhook.awaitState("siem", state -> state.pending() == 3);

      try (LogLines log = new LogLines()) {
        redeploy(webhook.options());
        assertThat(log.all())
            .contains(
                "INFO Endpoint siem is configured no more: it is removed, with 3 pending events and"
                    + " 2 dead letters");
      }

      assertThat(webhook.states()).containsOnlyKeys("default");
      redeploy(configured());
      assertThat(webhook.state("siem").received()).as("another one").isZero();
      assertThat(webhook.state("siem").dlqSize()).isZero();
      webhook.publish(1);
      webhook.awaitSettled("siem", 1);
      assertThat(siem.eventIds()).containsExactlyInAnyOrder(1L, 2L, 6L);
    }

    @Test
    void oneThatIsTakenOutGoesThoughItWasPutAtRunTimeToo() {
      webhook.deploy(configured());
      webhook.put("siem", webhook.endpoint(other));

      redeploy(webhook.options());

      assertThat(webhook.states()).containsOnlyKeys("default");
    }

    @Test
    void oneThatWasRemovedStaysAwayWhileTheFileIsUnchanged() {
      webhook.deploy(configured());
      webhook.publish(2);
      webhook.awaitSettled("siem", 2);
      result(webhook.client().remove("siem"));

      redeploy(configured());
      assertThat(webhook.states()).containsOnlyKeys("default");
      redeploy(configured());
      assertThat(webhook.states()).containsOnlyKeys("default");

      redeploy(configured(file -> file.setFormat("ndjson")));
      assertThat(webhook.state("siem").format()).isEqualTo("ndjson");
      assertThat(webhook.state("siem").received()).as("another one").isZero();
    }

    @Test
    void oneThatWasRemovedAndPutAgainIsThere() {
      webhook.deploy(configured());
      result(webhook.client().remove("siem"));
      webhook.put("siem", webhook.endpoint(other));

      redeploy(configured());

      assertThat(webhook.state("siem").url()).isEqualTo(other.url());
      webhook.publish(1);
      assertThat(webhook.awaitSettled("siem", 1).delivered()).isEqualTo(1);
      redeploy(webhook.options());
      assertThat(webhook.states()).containsOnlyKeys("default");
    }

    @Test
    void oneThatWasRemovedIsThereAgainOnceTheFileHadItNot() {
      webhook.deploy(configured());
      result(webhook.client().remove("siem"));

      redeploy(webhook.options());
      redeploy(configured());

      assertThat(webhook.states()).containsOnlyKeys("default", "siem");
    }
  }
}
