package dev.auditwebhook.specification;

import dev.auditwebhook.testing.Cluster;
import dev.auditwebhook.testing.ManyNodes;
import dev.auditwebhook.testing.OneStore;
import org.junit.jupiter.api.AfterEach;

/** The same, where the nodes are a Hazelcast cluster, each with a webhook for itself. */
@OneStore("it is about nodes that share a database")
class ThreeClusteredNodesTest extends ThreeNodesTest {

  private Cluster cluster;

  @Override
  ManyNodes nodes() {
    cluster = Cluster.of(3);
    return new ManyNodes(3, cluster::node);
  }

  @AfterEach
  void closeCluster() {
    nodes.close();
    cluster.close();
  }
}
