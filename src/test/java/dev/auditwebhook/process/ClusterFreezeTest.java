package dev.auditwebhook.process;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.Connections;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A node that is frozen for longer than its lease, under load: the others go on for it, and when it
 * wakes up, it sends nothing new. There are three nodes for two endpoints, so that what the frozen
 * one lost does not come back to it.
 */
@EnabledOnOs(OS.LINUX)
class ClusterFreezeTest {

  /** Who made a connection that is closed already. */
  private static final int UNKNOWN = -2;

  private static final int FREEZES = Integer.getInteger("cluster.freezes", 4);

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final PostgresCluster cluster = new PostgresCluster(webhook, 3);

  /** The node that made a connection, by the port of its end. */
  private final Map<Integer, Integer> senders = new ConcurrentHashMap<>();

  /** Who sent the last request to an endpoint. */
  private final Map<String, Integer> owners = new ConcurrentHashMap<>();

  private final List<String> late = new CopyOnWriteArrayList<>();

  /** The node that was woken last, and the second in which it was frozen. */
  private record Woken(int node, long frozenAt) {}

  private static final Woken NOBODY = new Woken(-1, 0);

  private volatile Woken woken = NOBODY;

  @Test
  void whoWakesUpSendsNothingNew() throws Exception {
    try (cluster) {
      observe("default", cluster.endpoint("default", new JsonObject().put("maxInFlight", 8)));
      observe("pods", cluster.filtered("pods", "pods."));
      cluster.start();
      cluster.load(4);
      cluster.awaitDeliveriesAfter(cluster.books().last());

      List<Long> pauses = new ArrayList<>();
      for (int freeze = 0; freeze < FREEZES; freeze++) {
        int node = owners.get(freeze % 2 == 0 ? "default" : "pods");
        pauses.add(freeze(node));
      }

      cluster.finish(FREEZES + " freezes of one of three nodes, pauses of " + pauses + " ms");
      cluster.assertNoGaps("default");
      assertThat(late).as(said()).isEmpty();
      assertThat(cluster.books().mostRepeated()).isLessThanOrEqualTo(2);
      PostgresCluster.assertShort(pauses);
    }
  }

  private void observe(String endpoint, ScriptedReceiver receiver) {
    cluster.onRequest(receiver, request -> sent(endpoint, request));
  }

  private void sent(String endpoint, Received request) {
    int node = senders.computeIfAbsent(request.clientPort(), this::sender);
    if (node != UNKNOWN) {
      owners.put(endpoint, node);
    }
    long second = Long.parseLong(request.headers().get("webhook-timestamp"));
    if (node == woken.node() && second > woken.frozenAt() && !isOwner(node, endpoint)) {
      late.add(endpoint + ": attempt of " + second + " by the node frozen at " + woken.frozenAt());
    }
  }

  /** On a busy machine others may have lost it meanwhile, and the woken one has it again. */
  private boolean isOwner(int node, String endpoint) {
    return cluster
        .database()
        .select(
            "SELECT n.name FROM audit_webhook.node n"
                + " JOIN audit_webhook.progress p ON p.owner = n.id"
                + " JOIN audit_webhook.endpoint e USING (number) WHERE e.id = '"
                + endpoint
                + "'")
        .stream()
        .anyMatch(name -> name.endsWith("/" + cluster.node(node).process().pid()));
  }

  /** What the nodes have logged. */
  private String said() {
    return IntStream.range(0, cluster.size())
        .mapToObj(i -> "node " + i + ": " + cluster.node(i).process().err())
        .collect(joining());
  }

  private int sender(int port) {
    Map<Long, Integer> processes =
        IntStream.range(0, cluster.size())
            .boxed()
            .collect(toMap(i -> cluster.node(i).process().pid(), i -> i));
    OptionalLong process = Connections.owner(port, processes.keySet());
    return process.isEmpty() ? UNKNOWN : processes.get(process.getAsLong());
  }

  /** Freezes a node for two leases; says how long its endpoints got nothing. */
  private long freeze(int index) {
    JarProcess process = cluster.node(index).process();
    long start = System.nanoTime();
    woken = NOBODY;
    process.freeze();
    long second = Instant.now().getEpochSecond();
    cluster.awaitDeliveriesAfter(cluster.books().last());
    long pause = (System.nanoTime() - start) / 1_000_000;
    long rest = Math.max(1, 2 * PostgresCluster.LEASE - pause);
    webhook.elsewhere().timer(rest, TimeUnit.MILLISECONDS).await();
    woken = new Woken(index, second);
    process.thaw();
    cluster.awaitDeliveriesAfter(cluster.books().last());
    return pause;
  }
}
