package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.WebhookVerticle;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.Test;

/** A host whose class path lacks the optional client of PostgreSQL. */
class WithoutPgClientTest {

  /** What runs on the other class path. */
  static final class Host {

    public static void main(String[] args) {
      Vertx vertx = Vertx.vertx();
      StoreOptions shared =
          new StoreOptions().setType(StoreOptions.POSTGRES).setUri("postgresql://a@127.0.0.1/b");
      try {
        vertx.deployVerticle(new WebhookVerticle(new WebhookOptions().setStore(shared))).await();
      } catch (RuntimeException e) {
        System.out.println(e.getMessage());
      }
      vertx.deployVerticle(new WebhookVerticle(new WebhookOptions())).await();
      WebhookClient.create(vertx).request(AuditEvent.of("user.login", null)).await();
      System.out.println("accepted in memory");
      vertx.close().await();
    }
  }

  @Test
  void theOtherStoresWorkAndThisOneIsRefusedInOneLine() throws Exception {
    assertThat(
            OtherClassPath.runWithout("vertx-pg-client|vertx-sql-client|scram-client", Host.class)
                .lines())
        .contains(
            "webhook.store.type: \"postgres\" needs io.vertx:vertx-pg-client on the class path",
            "accepted in memory");
  }
}
