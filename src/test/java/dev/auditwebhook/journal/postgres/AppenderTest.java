package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Events.entry;
import static dev.auditwebhook.testing.Events.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.journal.postgres.nodes.Share;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of groups, when the database is well and when it is not. */
class AppenderTest {

  @RegisterExtension final Tables tables = new Tables();
  private Node node;

  @BeforeEach
  void openNode() {
    node = Node.open(tables).runs("a");
  }

  /** Does something with what this node knows of the endpoint. */
  private void share(Consumer<Share> what) {
    node.ask(
        () -> {
          node.engine.nodes().members().forEach(what);
          return Future.succeededFuture();
        });
  }

  private long pending() {
    long[] pending = {0};
    share(share -> pending[0] = share.pending());
    return pending[0];
  }

  private String head() {
    return tables.value("SELECT (last_id, arrived, rejected) FROM {s}.head");
  }

  private String intake() {
    return tables.value("SELECT (wanted, dropped) FROM {s}.intake");
  }

  /** Ends the connections on which something is under way. */
  private void cutStatements() {
    tables.server.terminate("application_name = '" + tables.schema + "' AND state = 'active'");
  }

  @Test
  void whatIsReceivedAndDroppedGoesAlongAndIsKnownToAll() {
    Future<Appended> group = node.begin(Arrays.asList(entry(1), entry(2), null));
    assertThat(pending()).isEqualTo(2);
    result(group);

    assertThat(intake()).isEqualTo("(3,1)");
    await().until(() -> pending() == 2);
    assertThat(node.cut().dropped()).containsEntry(0, 1L);
  }

  @Test
  void countsAloneAreKept() {
    result(node.begin(List.of(), new Counts(7, 3)));

    assertThat(head()).isEqualTo("(0,7,3)");
    assertThat(node.cut().arrived()).isEqualTo(7);
    assertThat(node.cut().rejected()).isEqualTo(3);
    assertThat(node.append(entry(1)).firstId()).isEqualTo(1);
    assertThat(head()).isEqualTo("(1,8,3)");
  }

  @Test
  void aGroupWithoutAnythingIsNotWritten() {
    String before = tables.value("SELECT group_no FROM {s}.node");

    node.append();

    assertThat(tables.value("SELECT group_no FROM {s}.node")).isEqualTo(before);
  }

  @Test
  void aPartitionThatIsMissingIsMade() {
    tables.sql("UPDATE {s}.head SET last_id = 999999");

    assertThat(node.append(entry(1), entry(2)).firstId()).isEqualTo(1_000_000);
    assertThat(node.append(entry(3)).firstId()).isEqualTo(1_000_002);
  }

  @Test
  void anEarlierGenerationIsTriedAgain() {
    tables.sql("UPDATE {s}.node SET generation = generation + 5");

    assertThat(node.append(entry(1)).firstId()).isEqualTo(1);

    assertThat(tables.value("SELECT generation FROM {s}.node")).isEqualTo("6");
    assertThat(tables.value("SELECT count(*) FROM {s}.journal")).isEqualTo("1");
  }

  @Test
  void aNodeThatIsTakenForDeadKeepsNothingUntilItIsThereAgain() {
    tables.sql("DELETE FROM {s}.node");

    assertThatThrownBy(() -> node.append(entry(1))).isInstanceOf(NotKeptException.class);

    assertThat(head()).isEqualTo("(0,0,0)");
    share(share -> share.notKept(1));
    result(tables.clock.turn(10_000));
    Awaitility.await().until(() -> tables.select("SELECT id FROM {s}.node").size() == 1);
    assertThat(node.append(entry(2)).firstId()).isEqualTo(1);
    assertThat(intake()).as("the former one is counted as dropped").isEqualTo("(2,1)");
  }

  @Test
  void aGroupThatWasKeptThoughNoAnswerCameIsFoundOut() throws SQLException {
    Future<Appended> group;
    Future<Appended> next;
    try (Connection head = tables.transaction("SELECT FROM {s}.head FOR UPDATE")) {
      group = node.begin(List.of(entry(1), entry(2)));
      tables.awaitBlocked(1);
      result(tables.clock.turn(12_000)); // Its answer is not waited for any longer.
      Awaitility.await().until(() -> !node.troubles.isEmpty());
      tables.awaitBlocked(2);
      assertThat(group.isComplete()).isFalse();
      head.commit();
    }

    assertThat(result(group).firstId()).isEqualTo(1);
    assertThat(tables.value("SELECT count(*) FROM {s}.journal")).isEqualTo("2");
    assertThat(intake()).isEqualTo("(2,0)");
    assertThat(pending()).isEqualTo(2);
    Awaitility.await().untilAsserted(() -> assertThat(node.seen()).isEqualTo(ids(1, 2)));
    next = node.begin(List.of(entry(3)));
    assertThat(result(next).firstId()).isEqualTo(3);
    assertThat(intake()).as("nothing is counted twice").isEqualTo("(3,0)");
  }

  @Test
  void aGroupWhoseConnectionIsCutBeforeItWasKeptIsNot() throws SQLException {
    Future<Appended> group;
    try (Connection head = tables.transaction("SELECT FROM {s}.head FOR UPDATE")) {
      group = node.begin(List.of(entry(1)));
      tables.awaitBlocked(1);
      cutStatements();
      assertThatThrownBy(() -> result(group))
          .isInstanceOf(NotKeptException.class)
          .hasMessageContaining("the database at");
      head.commit();
    }

    assertThat(node.troubles).hasSize(1);
    assertThat(head()).isEqualTo("(0,0,0)");
    assertThat(pending()).as("it is counted with what comes next").isEqualTo(1);
    assertThat(node.append(entry(2)).firstId()).isEqualTo(1);
    assertThat(head()).as("both arrived").isEqualTo("(1,2,0)");
    assertThat(intake()).isEqualTo("(2,0)");
  }

  @Test
  void nothingIsKeptWhileTheDatabaseTakesNothing() {
    tables.sql("ALTER TABLE {s}.journal RENAME TO elsewhere");

    assertThatThrownBy(() -> node.append(entry(1)))
        .isInstanceOf(NotKeptException.class)
        .hasMessageContaining("journal");

    assertThat(node.troubles).isEmpty();
    assertThat(pending()).isEqualTo(1);
    tables.sql("ALTER TABLE {s}.elsewhere RENAME TO journal");
    assertThat(node.append(entry(2)).firstId()).isEqualTo(1);
    assertThat(head()).isEqualTo("(1,2,0)");
  }

  @Test
  void whatCannotBeFoundOutIsGivenUpAtTheEnd() throws SQLException {
    Future<Appended> group;
    try (Connection nodeRow = tables.transaction("SELECT FROM {s}.node FOR UPDATE")) {
      group = node.begin(List.of(entry(1)));
      tables.awaitBlocked(1);
      cutStatements();
      Awaitility.await().until(() -> !node.troubles.isEmpty());
      tables.awaitBlocked(1);
      assertThat(group.isComplete()).isFalse();

      node.ask(
          () -> {
            node.engine.hasten();
            return Future.succeededFuture();
          });
      cutStatements();

      assertThatThrownBy(() -> result(group)).isInstanceOf(NotKeptException.class);
      nodeRow.commit();
    }
  }

  /** Connections end all the time; what is said of each group is so. */
  @Test
  void whateverHappensToConnectionsEachGroupIsKeptOnceOrNotAtAll() {
    List<Node> nodes = List.of(node, Node.open(tables));
    Set<Long> kept = ConcurrentHashMap.newKeySet();
    Set<Long> unkept = ConcurrentHashMap.newKeySet();
    AtomicLong names = new AtomicLong();
    List<Future<?>> all = new ArrayList<>();
    for (Node each : nodes) {
      Future<?> last = Future.succeededFuture();
      for (int group = 0; group < 150; group++) {
        last =
            last.compose(
                v -> {
                  long name = names.incrementAndGet();
                  return each.begin(List.of(entry(name), entry(name)))
                      .onSuccess(appended -> kept.add(name))
                      .otherwise(
                          failure -> {
                            assertThat(failure).isInstanceOf(NotKeptException.class);
                            unkept.add(name);
                            each.engine.nodes().members().forEach(share -> share.notKept(2));
                            return null;
                          });
                });
      }
      all.add(last);
    }
    Future<?> end = Future.all(all);
    Random random = new Random(3);
    while (!end.isComplete()) {
      tables.server.terminate(
          "application_name = '%s' AND state = 'active' AND random() < 0.3"
              .formatted(tables.schema));
      result(tables.clock.turn(random.nextInt(1_000)));
    }
    result(end);
    nodes.forEach(each -> Awaitility.await().until(() -> counted(each)));

    List<Long> journal =
        tables.select("SELECT accepted_at FROM {s}.journal ORDER BY id").stream()
            .map(Long::valueOf)
            .toList();
    assertThat(unkept).isNotEmpty();
    assertThat(kept.size() + unkept.size()).isEqualTo(300);
    assertThat(journal).hasSize(2 * kept.size());
    assertThat(Set.copyOf(journal)).isEqualTo(kept);
    assertThat(head()).isEqualTo("(%d,%d,0)".formatted(2 * kept.size(), 600));
    assertThat(intake()).isEqualTo("(%d,%d)".formatted(600, 2 * unkept.size()));
    Awaitility.await().until(() -> node.cut().lastId() == journal.size());
    assertThat(node.seen()).isEqualTo(ids(1, journal.size()));
  }

  /** Has what a node has counted kept. */
  private static boolean counted(Node node) {
    Future<Appended> last = node.begin(List.of());
    return result(last.map(true).otherwise(false));
  }
}
