package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Webhooks.inDatabase;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookClient.State;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.PostgresServer.Stop;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.SmallDisk;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The database goes away, freezes, or takes no writes, and comes back: all goes on by itself. */
@OneStore("it is about the database")
class DatabaseOutagesTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static PostgresServer database;

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();
  private final WebhookOptions options =
      inDatabase(webhook.options(), database.uri(), database.freshSchema());
  private int refused;

  @BeforeAll
  static void startDatabase() {
    database = PostgresServer.own();
  }

  @AfterAll
  static void stopDatabase() {
    database.close();
  }

  private void publishUntilRefused() {
    await().atMost(LIMIT).until(this::isDropped);
  }

  /** Publishes an entry; tells whether it was refused, and counts that. */
  private boolean isDropped() {
    JsonObject entry =
        new JsonObject().put("action", "node.registered").put("details", "x".repeat(10_000));
    boolean dropped = webhook.request("audit.entry", entry).getString("status").equals("dropped");
    refused += dropped ? 1 : 0;
    return dropped;
  }

  private void awaitAccepted() {
    await().atMost(LIMIT).until(() -> !isDropped());
  }

  private List<?> readiness() {
    return webhook.request("webhook.ready", new JsonObject()).getJsonArray("reasons").getList();
  }

  private void deployAndDeliver() {
    webhook.deploy(options);
    webhook.publish(10);
    webhook.awaitSettled(10);
  }

  /** Has the database away until something is done. */
  private void whileAway(Runnable away, Runnable back, Runnable meanwhile) {
    away.run();
    try {
      meanwhile.run();
    } finally {
      back.run();
    }
  }

  /** Refuses while it is away and counts that, and goes on when it is back. */
  private void isBridged(Runnable away, Runnable back, String warning) {
    deployAndDeliver();

    whileAway(
        away,
        back,
        () -> {
          publishUntilRefused();
          assertThat(isDropped()).isTrue();
          State during = webhook.awaitState(state -> state.warning() != null);
          assertThat(during.warning()).contains(warning).doesNotContain("\n");
          assertThat(readiness()).asString().contains("store_fault");
        });

    awaitAccepted();
    State after = webhook.awaitState(state -> state.pending() == 0 && state.dropped() == refused);
    assertThat(after.delivered() + after.dropped()).isEqualTo(after.received());
    assertThat(receiver.eventIds()).hasSize((int) after.delivered()).doesNotHaveDuplicates();
    webhook.awaitState(state -> state.warning() == null);
    assertThat(readiness()).isEmpty();

    webhook.restart(options);
    State kept = webhook.state();
    assertThat(kept.dropped()).as("written when it was back").isEqualTo(refused);
    assertThat(kept.received()).isEqualTo(after.received());
    assertThat(kept.delivered()).isEqualTo(after.delivered());
  }

  @Test
  void stopped() {
    isBridged(() -> database.stop(Stop.FAST), database::start, "the database at ");
  }

  @Test
  void crashed() {
    isBridged(() -> database.stop(Stop.IMMEDIATE), database::start, "the database at ");
  }

  @Test
  void readOnlyAsAStandby() {
    isBridged(
        () -> {
          database.sql("ALTER DATABASE postgres SET default_transaction_read_only = on");
          database.terminate("true");
          // An entry that is sent to a connection which just ends waits to know what became of it.
          webhook.state();
        },
        () ->
            database.sql(
                "SET default_transaction_read_only = off",
                "ALTER DATABASE postgres RESET default_transaction_read_only"),
        "is read-only: webhook.store.uri must name the primary");
  }

  @Test
  void fullDisk() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(webhook.directory(), 16)) {
      assumeThat(disk.isMounted()).as("this user may mount").isTrue();
      String role = "on_small_disk";
      database.sql(
          "CREATE TABLESPACE small LOCATION '" + disk.path() + "'",
          "CREATE ROLE " + role + " LOGIN SUPERUSER",
          "ALTER ROLE " + role + " SET default_tablespace = small");
      options.getStore().setUri(database.uri(role));

      isBridged(disk::fill, disk::makeRoom, "has a full disk");

      webhook.undeploy();
      database.sql("DROP SCHEMA " + options.getStore().getSchema() + " CASCADE");
      database.sql("DROP TABLESPACE small");
    }
  }

  @Test
  void frozenInTheMiddleOfACommit() {
    deployAndDeliver();
    List<Future<JsonObject>> replies = new ArrayList<>();

    whileAway(
        database::freeze,
        database::thaw,
        () -> {
          IntStream.range(0, 5).forEach(i -> replies.add(publish()));
          State during = webhook.awaitState(state -> state.warning() != null);
          assertThat(during.warning()).contains("did not answer within 12000 ms");
        });

    Set<Long> queued = new HashSet<>();
    for (Future<JsonObject> each : replies) {
      JsonObject reply = result(each);
      if (reply.getString("status").equals("queued")) {
        queued.add(reply.getLong("event_id"));
      } else {
        refused++;
      }
    }
    awaitAccepted();
    State after = webhook.awaitState(state -> state.pending() == 0 && state.dropped() == refused);
    assertThat(receiver.eventIds())
        .hasSize((int) after.delivered())
        .doesNotHaveDuplicates()
        .containsAll(queued);
    assertThat(after.delivered()).as("10 before, 1 after").isEqualTo(11 + queued.size());
  }

  private Future<JsonObject> publish() {
    return webhook
        .vertx()
        .eventBus()
        .<JsonObject>request("audit.entry", new JsonObject().put("action", "node.registered"))
        .map(reply -> reply.body());
  }

  @Test
  void attemptsUnderWayAreSettledWhenItIsBack() {
    Promise<Void> answered = Promise.promise();
    receiver.then(Effect.status(204).heldBackUntil(answered.future()));
    webhook.deploy(options);
    webhook.publish(1);
    receiver.takeRequest();

    whileAway(
        () -> database.stop(Stop.FAST),
        database::start,
        () -> {
          publishUntilRefused();
          answered.complete();
        });

    webhook.awaitState(state -> state.delivered() == 1 && state.dropped() == refused);
    webhook.restart(options);
    assertThat(webhook.state().delivered()).isEqualTo(1);
    assertThat(receiver.eventIds()).containsExactly(1L);
  }
}
