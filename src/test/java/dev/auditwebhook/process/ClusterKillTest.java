package dev.auditwebhook.process;

import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code kill -9} of one of three nodes under load, again and again: what was acknowledged arrives,
 * and the others go on for the dead.
 */
class ClusterKillTest {

  private static final int KILLS = Integer.getInteger("cluster.kills", 20);

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final Random random = new Random();

  @Test
  void whatIsAcknowledgedArrivesAndDeliveriesGoOnWithinTwoLeases() throws Exception {
    try (PostgresCluster cluster = new PostgresCluster(webhook, 3)) {
      JsonObject batches = new JsonObject().put("maxEvents", 20).put("maxDelay", 20);
      cluster.unreliable(cluster.endpoint("default", new JsonObject()), 20);
      cluster.endpoint("archive", new JsonObject().put("format", "ndjson").put("batch", batches));
      cluster.filtered("pods", "pods.");
      cluster.start();
      cluster.load(4);

      List<Long> pauses = new ArrayList<>();
      for (int kill = 0; kill < KILLS; kill++) {
        pauses.add(cluster.kill(random.nextInt(cluster.size())));
      }

      cluster.finish(KILLS + " kills of one of three nodes, pauses of " + pauses + " ms");
      cluster.assertNoGaps("default");
      PostgresCluster.assertShort(pauses);
    }
  }
}
