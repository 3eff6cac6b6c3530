package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.KubernetesAudit;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Entries that programs emit in transactions of their own, while nodes are killed: what was
 * committed arrives once in the journal, what was rolled back never does.
 */
class OutboxKillTest {

  private static final int SESSIONS = 8;
  private static final int KILLS = Integer.getInteger("outbox.kills", 5);

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ExecutorService programs = Executors.newFixedThreadPool(SESSIONS);
  private volatile boolean stopped;

  @Test
  void whatWasCommittedArrivesAndWhatWasRolledBackDoesNot() throws Exception {
    try (PostgresCluster cluster = new PostgresCluster(webhook, 2)) {
      cluster.endpoint("default", new JsonObject());
      cluster.filtered("pods", "pods.");
      cluster.start();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        running.add(programs.submit(() -> emit(cluster)));
      }

      for (int kill = 0; kill < KILLS; kill++) {
        cluster.kill(kill % cluster.size());
      }

      stopped = true;
      for (Future<?> program : running) {
        program.get();
      }
      cluster.awaitAllEmitted();
      cluster.finish(KILLS + " kills, " + SESSIONS + " sessions that emit");
      cluster.assertNoGaps("default");
      assertThat(cluster.books().refused()).isPositive();
    } finally {
      stopped = true;
      programs.shutdownNow();
    }
  }

  /** Transactions of one to five entries each, every third of which is rolled back. */
  private Void emit(PostgresCluster cluster) throws SQLException {
    Random random = new Random();
    try (Connection connection = cluster.database().connect();
        PreparedStatement emit =
            connection.prepareStatement("SELECT audit_webhook.emit(?, ?::jsonb)")) {
      connection.setAutoCommit(false);
      while (!stopped) {
        List<Long> numbers = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
          long number = cluster.books().next();
          JsonObject entry = KubernetesAudit.entry(number);
          emit.setString(1, entry.getString("action"));
          emit.setString(2, entry.getJsonObject("details").encode());
          emit.execute();
          numbers.add(number);
        }
        if (random.nextInt(3) == 0) {
          connection.rollback();
          numbers.forEach(cluster.books()::refused);
        } else {
          connection.commit();
          numbers.forEach(cluster.books()::committed);
        }
        webhook.elsewhere().timer(10, TimeUnit.MILLISECONDS).await();
      }
      return null;
    }
  }
}
