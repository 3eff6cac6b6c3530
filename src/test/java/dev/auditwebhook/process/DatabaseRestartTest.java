package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.PostgresServer.Stop;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The database goes away under the load of two nodes, and comes back: what was acknowledged
 * arrives, what was refused does not, and is counted.
 */
class DatabaseRestartTest {

  private static final int RESTARTS = Integer.getInteger("database.restarts", 4);
  private static final int TERMINATIONS = Integer.getInteger("database.terminations", 30);

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private PostgresCluster cluster;

  @BeforeEach
  void startNodes() throws Exception {
    cluster = new PostgresCluster(webhook, 2);
    cluster.unreliable(cluster.endpoint("default", new JsonObject()), 20);
    cluster.filtered("pods", "pods.");
    cluster.start();
    cluster.load(8);
    cluster.awaitDeliveriesAfter(cluster.books().last());
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void restartsFastAndAsACrash() {
    for (int restart = 0; restart < RESTARTS; restart++) {
      int refused = cluster.books().refused();
      cluster.database().stop(restart % 2 == 0 ? Stop.FAST : Stop.IMMEDIATE);
      await().atMost(Duration.ofSeconds(30)).until(() -> cluster.books().refused() > refused + 10);
      cluster.database().start();
      cluster.awaitDeliveriesAfter(cluster.books().last());
    }

    finish(RESTARTS + " restarts of the database");
    assertThat(cluster.books().refused()).isPositive();
  }

  @Test
  void connectionsEndAtRandom() throws Exception {
    int ended = 0;
    for (int round = 0; round < TERMINATIONS; round++) {
      ended +=
          cluster
              .database()
              .terminate("application_name = 'vertx-audit-webhook' AND random() < 0.3");
      webhook.elsewhere().timer(150, TimeUnit.MILLISECONDS).await();
    }
    cluster.awaitDeliveriesAfter(cluster.books().last());

    finish(ended + " connections ended");
    assertThat(ended).isPositive();
  }

  private void finish(String title) {
    cluster.finish(title);
    for (String endpoint : cluster.books().endpoints()) {
      // What was refused is written when the database is back, with what comes next.
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(cluster.total(endpoint, "dropped"))
                      .as("refused, and wanted by %s", endpoint)
                      .isEqualTo(cluster.books().refusedOf(endpoint)));
    }
  }
}
