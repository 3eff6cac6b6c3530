package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A node that is alone, and stands still for longer than its lease, under load: nobody takes its
 * endpoints over, and it goes on at once when it wakes up.
 */
@EnabledOnOs(OS.LINUX)
class LoneNodeFreezeTest {

  private static final int FREEZES = Integer.getInteger("lone.freezes", 2);

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final PostgresCluster cluster = new PostgresCluster(webhook, 1);

  @Test
  void itGoesOnWhenItWakesUp() throws Exception {
    try (cluster) {
      cluster.endpoint("default", new JsonObject().put("maxInFlight", 8));
      cluster.filtered("pods", "pods.");
      cluster.start();
      cluster.load(4);
      cluster.awaitDeliveriesAfter(cluster.books().last());

      List<Long> pauses = new ArrayList<>();
      for (int freeze = 1; freeze <= FREEZES; freeze++) {
        pauses.add(freeze(freeze * PostgresCluster.LEASE));
      }

      cluster.finish(FREEZES + " freezes of a node that is alone, then " + pauses + " ms");
      cluster.assertNoGaps("default");
      assertThat(pauses).allMatch(pause -> pause < PostgresCluster.LEASE);
    }
  }

  /** Says how long its endpoints got nothing after it was woken up. */
  private long freeze(long millis) {
    JarProcess process = cluster.node(0).process();
    process.freeze();
    webhook.elsewhere().timer(millis, TimeUnit.MILLISECONDS).await();
    long start = System.nanoTime();
    process.thaw();
    assertThat(cluster.node(0).states()).hasSize(2);
    cluster.awaitDeliveriesAfter(cluster.books().last());
    return (System.nanoTime() - start) / 1_000_000;
  }
}
