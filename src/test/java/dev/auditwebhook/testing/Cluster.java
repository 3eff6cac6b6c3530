package dev.auditwebhook.testing;

import static dev.auditwebhook.testing.Webhooks.result;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Nodes of one Hazelcast cluster in this process, on loopback and random ports alone. */
public final class Cluster implements AutoCloseable {

  private static final String LOOPBACK = "127.0.0.1";

  static {
    System.setProperty("hazelcast.logging.type", "slf4j");
  }

  private final String name = "cluster-" + UUID.randomUUID();
  private final List<Integer> ports = new ArrayList<>();
  private final List<HazelcastClusterManager> managers = new ArrayList<>();
  private final List<Vertx> nodes = new ArrayList<>();

  private Cluster() {}

  /** Starts so many nodes, which know each other. */
  public static Cluster of(int size) {
    Cluster cluster = new Cluster();
    for (int i = 0; i < size; i++) {
      cluster.join();
    }
    return cluster;
  }

  private void join() {
    ports.add(freePort());
    HazelcastClusterManager manager = new HazelcastClusterManager(config());
    managers.add(manager);
    nodes.add(
        result(
            Vertx.builder()
                .with(
                    new VertxOptions()
                        .setEventBusOptions(new EventBusOptions().setHost(LOOPBACK).setPort(0)))
                .withClusterManager(manager)
                .buildClustered()));
  }

  private Config config() {
    Config config = ConfigUtil.loadConfig().setClusterName(name);
    config
        .setProperty("hazelcast.phone.home.enabled", "false")
        .setProperty("hazelcast.socket.bind.any", "false")
        .setProperty("hazelcast.wait.seconds.before.join", "0")
        .setProperty("hazelcast.operation.thread.count", "2")
        .setProperty("hazelcast.operation.generic.thread.count", "2")
        .setProperty("hazelcast.partition.count", "11");
    int own = ports.get(ports.size() - 1);
    NetworkConfig network =
        config
            .getNetworkConfig()
            .setPort(own)
            .setPortAutoIncrement(false)
            .setPublicAddress(LOOPBACK + ":" + own);
    network.getInterfaces().setEnabled(true).addInterface(LOOPBACK);
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true);
    ports.forEach(port -> join.getTcpIpConfig().addMember(LOOPBACK + ":" + port));
    return config;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A node, from 0 on. */
  public Vertx node(int index) {
    return nodes.get(index);
  }

  /** Takes a node out of the cluster at once, without a word to the others, as a crash does. */
  public void crash(int index) {
    managers.get(index).getHazelcastInstance().getLifecycleService().terminate();
  }

  /** Closes the nodes that are left. */
  @Override
  public void close() {
    nodes.forEach(node -> node.close().otherwiseEmpty());
    for (Vertx node : nodes) {
      result(node.close().otherwiseEmpty());
    }
  }
}
