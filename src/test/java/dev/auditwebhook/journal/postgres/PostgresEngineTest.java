package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Events.entry;
import static dev.auditwebhook.testing.Events.event;
import static dev.auditwebhook.testing.Events.recipients;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Engine.Opened;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The engine on a real database: what is not said of its parts. */
class PostgresEngineTest {

  private static final JsonObject LEFT = new JsonObject().put("removed", true);

  @RegisterExtension final Tables tables = new Tables();

  private Node node() {
    return Node.open(tables);
  }

  /** A step that leaves something of each kind. */
  private static Step step(String endpoint, int number) {
    Map<Long, Change> changes =
        Map.of(
            1L, new Change.Keep(new Straggler(event(1), 2, 70)),
            2L, new Change.Bury(new DeadLetter(event(2), 3, 503, "busy", null, "2026-01-01")));
    List<Long> totals = Collections.nCopies(Total.values().length, 0L);
    return new Step(endpoint, number, 2, List.of(), changes, totals, new JsonObject());
  }

  /** One that runs two endpoints, of which there is something in each table. */
  private Node busy() {
    Node node = node().runs("a", "b");
    node.append(entry(1, recipients(0, 1)), entry(2, recipients(0, 1)));
    node.step(step("a", 0), step("b", 1));
    return node;
  }

  /** The numbers of the endpoints in a table. */
  private List<String> numbers(String table) {
    return tables.select("SELECT number FROM {s}." + table + " ORDER BY number");
  }

  private void assertOnlyTheOtherOneIsLeft() {
    for (String table : List.of("progress", "intake", "straggler", "dead_letter")) {
      assertThat(numbers(table)).as(table).containsExactly("1");
    }
    assertThat(numbers("former_number")).containsExactly("0");
  }

  @Test
  void whatIsAppendedIsACutAtOnce() {
    Node node = node().runs("a");

    Appended appended = node.append(entry(11), null, entry(12, recipients(0, 7)));

    assertThat(appended.firstId()).isEqualTo(1);
    assertThat(appended.events()).isEmpty();
    assertThat(node.seen()).containsExactly(1L, 3L);
    assertThat(node.cut().lastId()).isEqualTo(3);
  }

  @Test
  void itIsOpenedWhereItWasLeft() {
    Node first = node();
    first.append(entry(1), null);
    result(first.begin(List.of(), new Counts(7, 3)));
    first.close();

    Opened opened = node().opened();

    assertThat(opened.lastId()).isEqualTo(2);
    assertThat(opened.counts()).isEqualTo(new Counts(7, 3));
    assertThat(opened.messageIdPrefix()).isEqualTo(first.opened().messageIdPrefix());
  }

  @Test
  void nothingIsLeftOfAnEndpointThatIsForgotten() {
    Node node = busy();

    node.ask(() -> node.engine.forget("a", null));

    assertOnlyTheOtherOneIsLeft();
    assertThat(tables.select("SELECT id FROM {s}.endpoint")).containsExactly("b");
    assertThat(node.engine.owns("a")).isFalse();
    assertThat(node.engine.owns("b")).isTrue();
    node.ask(() -> node.engine.forget("a", null));
  }

  @Test
  void settingsMayBeLeftOfIt() {
    Node node = busy();

    node.ask(() -> node.engine.forget("a", LEFT));

    assertOnlyTheOtherOneIsLeft();
    assertThat(tables.value("SELECT number || '' FROM {s}.endpoint WHERE id = 'a'")).isNull();
    assertThat(tables.value("SELECT settings FROM {s}.endpoint WHERE id = 'a'"))
        .isEqualTo(LEFT.encode());
  }

  @Test
  void whatAnotherNodeRunsIsNotForgotten() {
    Node node = busy();
    tables.sql("UPDATE {s}.progress SET epoch = epoch + 1 WHERE number = 0");

    assertThatThrownBy(() -> node.ask(() -> node.engine.forget("a", null)))
        .hasMessage("a is run by another node");

    assertThat(numbers("progress")).containsExactly("0", "1");
    assertThat(numbers("straggler")).containsExactly("0", "1");
  }

  @Test
  void whetherItWasForgottenIsFoundOutWhenNoAnswerCame() throws SQLException {
    Node node = busy();
    Future<Void> forgotten;
    try (Connection other = tables.transaction("SELECT FROM {s}.dead_letter FOR UPDATE")) {
      forgotten = tables.begin(() -> node.engine.forget("a", null));
      tables.awaitBlocked(1);
      result(tables.clock.turn(12_000)); // Its answer is not waited for any longer.
      other.commit();
    }
    Awaitility.await().until(() -> numbers("progress").equals(List.of("1")));

    result(tables.clock.turn(2 * Appender.TRY_AGAIN));

    result(forgotten);
    assertOnlyTheOtherOneIsLeft();
  }

  @Test
  void numbersAreGivenByTheDatabaseAlone() {
    Node node = node();

    assertThat(node.engine.refuse(5)).isZero();
    assertThat(node.append(entry(1)).firstId()).isEqualTo(1);
    assertThat(node.engine.key()).isEqualTo("webhook.store.uri");
    assertThat(node.engine.damage()).isNull();
  }
}
