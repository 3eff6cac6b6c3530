package dev.auditwebhook.journal.postgres.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.PostgresServer;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

/** How an endpoint is given back when the database is away just then. */
class GivingBackTest {

  @Test
  void anEndpointIsRunOnceInAnEpoch() {
    PostgresServer own = PostgresServer.own();
    try (LogLines lines = new LogLines();
        NodeOfTest node = NodeOfTest.open(own, "webhook", new StoreOptions())) {
      node.join("e0");
      long epoch = node.turn(() -> node.nodes().leases().epoch("e0"));
      Promise<Void> atRest = node.holdHandOvers();
      own.sql(
          "UPDATE webhook.endpoint SET version = version + 1,"
              + " configured = '{\"url\":\"http://127.0.0.1:1/other\"}'");
      await().until(() -> !node.handedOver().isEmpty());
      own.stop(PostgresServer.Stop.IMMEDIATE);
      node.turn(() -> atRest.tryComplete());
      await().until(() -> lines.all().stream().anyMatch(line -> line.contains("not given back")));
      own.start();
      await().until(() -> node.running().contains("e0"));

      assertThat(node.turn(() -> node.nodes().leases().epoch("e0"))).isGreaterThan(epoch);
    } finally {
      own.close();
    }
  }
}
