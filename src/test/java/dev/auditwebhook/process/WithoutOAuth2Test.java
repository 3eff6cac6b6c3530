package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.AuthOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.WebhookVerticle;
import dev.auditwebhook.testing.ScriptedReceiver;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.Test;

/** A host whose class path lacks the optional library that gets tokens. */
class WithoutOAuth2Test {

  /** What runs on the other class path. */
  static final class Host {

    public static void main(String[] args) {
      Vertx vertx = Vertx.vertx();
      ScriptedReceiver receiver = ScriptedReceiver.start(vertx);
      AuthOptions auth =
          new AuthOptions()
              .setTokenUrl("https://idp.example/token")
              .setClientId("audit")
              .setClientSecret("s3cret");
      WebhookOptions options = new WebhookOptions().setUrl(receiver.url());
      tell(
          "start",
          vertx.deployVerticle(new WebhookVerticle(new WebhookOptions(options).setAuth(auth))));
      vertx.deployVerticle(new WebhookVerticle(options)).await();
      WebhookClient client = WebhookClient.create(vertx);
      tell("put", client.put("siem", new EndpointOptions().setAuth(auth)));
      client.request(AuditEvent.of("user.login", null)).await();
      while (client.get().await().delivered() < 1) {
        Thread.onSpinWait();
      }
      System.out.println("delivered, with endpoints: " + client.endpoints().await().size());
      vertx.close().await();
    }

    private static void tell(String what, Future<?> refused) {
      try {
        refused.await();
      } catch (RuntimeException e) {
        System.out.println(what + ": " + e.getMessage());
      }
    }
  }

  @Test
  void eventsAreDeliveredAndAuthIsRefusedInOneLine() throws Exception {
    assertThat(OtherClassPath.runWithout("vertx-auth-oauth2", Host.class).lines())
        .contains(
            "start: webhook.auth.type: \"oauth2\" needs io.vertx:vertx-auth-oauth2 on the class"
                + " path",
            "put: config.auth.type: \"oauth2\" needs io.vertx:vertx-auth-oauth2 on the class path",
            "delivered, with endpoints: 1");
  }
}
