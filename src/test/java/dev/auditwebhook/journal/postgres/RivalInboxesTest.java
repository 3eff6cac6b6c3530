package dev.auditwebhook.journal.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.journal.Acceptance;
import dev.auditwebhook.journal.Accepted;
import dev.auditwebhook.journal.Accepted.Status;
import dev.auditwebhook.journal.Engine.Acceptor;
import dev.auditwebhook.journal.Engine.Emitted;
import dev.auditwebhook.journal.Journal;
import dev.auditwebhook.journal.Nodes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two nodes that take themselves for the first one, and both empty the inbox. */
class RivalInboxesTest {

  private static final int EMITTED = 5_000;

  @RegisterExtension final Tables tables = new Tables();
  private final List<Accepted> replies = new CopyOnWriteArrayList<>();
  private final AtomicInteger lost = new AtomicInteger();

  /** A node, which accepts for an endpoint that the first one runs. */
  private final class Rival {
    private final PostgresEngine engine =
        new PostgresEngine(
            tables.vertx,
            tables.clock,
            new StoreOptions()
                .setType(StoreOptions.POSTGRES)
                .setUri(tables.uri())
                .setSchema(tables.schema));
    private final Journal journal = tables.ask(() -> Journal.open(engine, tables.clock));
    private final Acceptance acceptance = new Acceptance(tables.clock, journal, 1_000);
    private Inbox inbox;

    Rival() {
      JsonObject options = new EndpointOptions().setUrl("http://127.0.0.1:1/").toJson();
      tables.ask(
          () ->
              engine.nodes().join(new Idle(), Map.of("default", options), (id, settings) -> false));
    }

    void begin() {
      run(() -> inbox = new Inbox(tables.database(), tables.clock, () -> true, counting()));
    }

    private Acceptor counting() {
      return new Acceptor() {
        @Override
        public int maxEntryBytes() {
          return acceptance.maxEntryBytes();
        }

        @Override
        public Future<List<Emitted>> accept(List<Emitted> entries) {
          return acceptance.accept(entries).onFailure(v -> lost.incrementAndGet());
        }
      };
    }

    void publish() {
      run(() -> acceptance.accept(new JsonObject().put("action", "published"), replies::add));
    }

    void close() {
      run(inbox::close);
      run(acceptance::close);
      tables.ask(journal::close);
    }

    private void run(Runnable action) {
      tables.ask(
          () -> {
            action.run();
            return Future.succeededFuture();
          });
    }
  }

  /** Sends nothing. */
  private static final class Idle implements Nodes.Host {

    @Override
    public void takeOver(Nodes.Tenancy tenancy) {}

    @Override
    public Future<Void> handOver(String endpoint) {
      return Future.succeededFuture();
    }

    @Override
    public void lose(String endpoint) {}

    @Override
    public void goOn() {}

    @Override
    public Future<JsonObject> answer(String what, Object body) {
      return Future.failedFuture("not asked");
    }
  }

  @Test
  void whatBothMoveIsInTheJournalOnceAndWhatArrivesMeanwhileIsKept() {
    Rival one = new Rival();
    Rival other = new Rival();
    tables.sql(
        "SELECT {s}.emit('emitted', to_jsonb(n)) FROM generate_series(1, %d) n".formatted(EMITTED));
    one.begin();
    other.begin();

    int published = 0;
    while (count("inbox") > 0) {
      one.publish();
      other.publish();
      published += 2;
    }

    int all = EMITTED + published;
    assertThat(lost.get()).as("pages that the other was first with").isPositive();
    await().until(() -> count("journal") == all);
    await().untilAsserted(() -> assertThat(replies).hasSize(all - EMITTED));
    assertThat(replies).extracting(Accepted::status).containsOnly(Status.QUEUED);
    assertThat(tables.select("SELECT id FROM {s}.journal ORDER BY id"))
        .isEqualTo(LongStream.rangeClosed(1, all).mapToObj(Long::toString).toList());
    assertThat(
            tables.value(
                "SELECT count(DISTINCT content) FROM {s}.journal WHERE action = 'emitted'"))
        .isEqualTo(Integer.toString(EMITTED));
    assertThat(tables.value("SELECT arrived || ' ' || rejected FROM {s}.head"))
        .isEqualTo(all + " 0");
    assertThat(tables.value("SELECT wanted || ' ' || dropped FROM {s}.intake"))
        .isEqualTo(all + " 0");
    one.close();
    other.close();
  }

  private int count(String table) {
    return Integer.parseInt(tables.value("SELECT count(*) FROM {s}." + table));
  }
}
