package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Events.entry;
import static dev.auditwebhook.testing.Events.event;
import static dev.auditwebhook.testing.Events.ids;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.journal.postgres.database.Database;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How steps are kept, and by whom. */
class StepWriterTest {

  private static final int A = 0;
  private static final int B = 1;
  private static final JsonObject SETTINGS = new JsonObject().put("url", "http://x");
  private static final List<Long> TOTALS = List.of(90L, 2L, 3L, 80L, 5L, 6L, 7L, 8L);

  @RegisterExtension final Tables tables = new Tables();
  private Node node;

  @BeforeEach
  void openNode() {
    node = Node.open(tables).runs("a", "b");
    node.append(
        entry(1), entry(2), entry(3), entry(4), entry(5), entry(6), entry(7), entry(8), entry(9));
  }

  private static Step step(String endpoint, int number, long cursor, Map<Long, Change> changes) {
    return new Step(endpoint, number, cursor, List.of(), changes, TOTALS, SETTINGS);
  }

  private static Change keep(long id, int attempts) {
    return new Change.Keep(new Straggler(event(id), attempts, 70));
  }

  private static Change bury(long id, String error) {
    return new Change.Bury(new DeadLetter(event(id), 3, 503, error, "busy", "2026-01-01"));
  }

  private String progress(String columns) {
    return tables.value("SELECT (" + columns + ") FROM {s}.progress WHERE number = 0");
  }

  private List<String> stragglers() {
    return tables.select("SELECT number || ':' || id FROM {s}.straggler ORDER BY number, id");
  }

  private List<String> letters() {
    return tables.select("SELECT number || ':' || id FROM {s}.dead_letter ORDER BY number, id");
  }

  @Test
  void aStepTellsHowFarAnEndpointHasCome() {
    node.step(new Step("a", A, 4, List.of(6L, 8L), Map.of(), TOTALS, SETTINGS));

    assertThat(progress("position, ahead, totals")).isEqualTo("(4,\"{6,8}\",\"{2,3,5,6,7,8}\")");
    assertThat(tables.value("SELECT (wanted, dropped) FROM {s}.intake WHERE number = 0"))
        .as("what arrives is counted by those who accept")
        .isEqualTo("(9,0)");
  }

  @Test
  void stepsOfManyAreKeptAtOnceAndEachHasItsOwn() {
    node.step(
        step("a", A, 4, Map.of(1L, keep(1, 2), 2L, bury(2, "a"))),
        step("b", B, 6, Map.of(2L, keep(2, 2), 3L, bury(3, "b"))));

    assertThat(tables.select("SELECT position FROM {s}.progress ORDER BY number"))
        .containsExactly("4", "6");
    assertThat(stragglers()).containsExactly("0:1", "1:2");
    assertThat(letters()).containsExactly("0:2", "1:3");
  }

  @Test
  void eachKindOfChangeTakesThePlaceOfWhatWasThere() {
    node.step(step("a", A, 9, Map.of(1L, keep(1, 1), 2L, keep(2, 1), 3L, keep(3, 1))));
    node.step(
        step(
            "a",
            A,
            9,
            Map.of(
                1L, keep(1, 2),
                2L, bury(2, "once"),
                3L, new Change.Remove(),
                4L, bury(4, "x"),
                5L, bury(5, "x"),
                6L, bury(6, "x"))));

    assertThat(stragglers()).containsExactly("0:1");
    assertThat(tables.value("SELECT attempts FROM {s}.straggler")).isEqualTo("2");
    assertThat(letters()).containsExactly("0:2", "0:4", "0:5", "0:6");

    node.step(
        step(
            "a",
            A,
            9,
            Map.of(
                1L, new Change.Fail(),
                2L, bury(2, "twice"),
                4L, new Change.Redrive(88),
                5L, keep(5, 0),
                6L, new Change.Remove())));

    assertThat(stragglers()).containsExactly("0:4", "0:5");
    assertThat(letters()).containsExactly("0:1", "0:2");
    assertThat(tables.value("SELECT (attempts, since) FROM {s}.straggler WHERE id = 4"))
        .isEqualTo("(0,88)");
    assertThat(tables.value("SELECT error FROM {s}.dead_letter WHERE id = 2")).isEqualTo("twice");
    assertThat(tables.value("SELECT octet_length(content) FROM {s}.dead_letter WHERE id = 1"))
        .isEqualTo("0");
  }

  @Test
  void whatIsKeptIsReadAsItWas() {
    DeadLetter letter = new DeadLetter(event(2), 3, null, "no answer", null, "2026-01-01");
    node.step(step("a", A, 9, Map.of(1L, keep(1, 2), 2L, new Change.Bury(letter))));

    assertThat(node.ask(() -> node.engine.stragglers("a", ids(1, 9))).found())
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(new Straggler(event(1), 2, 70));
    assertThat(node.ask(() -> node.engine.deadLetters("a", ids(1, 9), Map.of(), 1 << 20)))
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(letter);
    assertThat(node.ask(() -> node.engine.stragglers("nobody", ids(1, 9))).found()).isEmpty();
  }

  @Test
  void aNulInAnActionIsKeptByTheContent() {
    byte[] content = ",\"action\":\"a\\u0000\uFFFDb\"}".getBytes(StandardCharsets.UTF_8);
    Event event = new Event(1, "a\0\uFFFDb", content, 5);
    DeadLetter letter = new DeadLetter(event, 1, 200, "e\0", "r\0", "2026-01-01");

    node.step(
        step(
            "a",
            A,
            9,
            Map.of(
                1L, new Change.Keep(new Straggler(event, 1, 2)),
                2L, new Change.Bury(letter))));

    assertThat(node.ask(() -> node.engine.stragglers("a", ids(1, 9))).found())
        .extracting(straggler -> straggler.event().action())
        .containsExactly("a\0\uFFFDb");
    assertThat(node.ask(() -> node.engine.deadLetters("a", ids(1, 9), Map.of(), 1 << 20)))
        .extracting(DeadLetter::error, DeadLetter::response)
        .containsExactly(tuple("e\uFFFD", "r\uFFFD"));
  }

  @Test
  void settingsAreWrittenWhenTheyChange() {
    String version = "SELECT version FROM {s}.endpoint WHERE id = 'a'";
    String first = tables.value(version);

    node.step(step("a", A, 1, Map.of()));
    String second = tables.value(version);
    node.step(step("a", A, 2, Map.of()));

    assertThat(second).isNotEqualTo(first);
    assertThat(tables.value(version)).isEqualTo(second);
    assertThat(tables.value("SELECT settings FROM {s}.endpoint WHERE id = 'a'"))
        .isEqualTo(SETTINGS.encode());
    JsonObject other = new JsonObject().put("url", "http://y");
    node.step(new Step("a", A, 2, List.of(), Map.of(), TOTALS, other));
    assertThat(tables.value("SELECT settings FROM {s}.endpoint WHERE id = 'a'"))
        .isEqualTo(other.encode());
  }

  @Test
  void aStepOfAFormerEpochChangesNothing() {
    tables.sql("UPDATE {s}.progress SET epoch = epoch + 1 WHERE number = 0");

    Appended appended =
        node.step(
            new Step(
                "a",
                A,
                9,
                List.of(),
                Map.of(1L, keep(1, 1), 2L, bury(2, "x")),
                TOTALS,
                new JsonObject().put("late", true)),
            step("b", B, 5, Map.of()));

    assertThat(appended.unkeptSteps()).containsExactly("a");
    assertThat(progress("position, totals")).isEqualTo("(0,\"{0,0,0,0,0,0}\")");
    assertThat(tables.value("SELECT settings FROM {s}.endpoint WHERE id = 'a'")).isEqualTo("{}");
    assertThat(stragglers()).isEmpty();
    assertThat(letters()).isEmpty();
    assertThat(tables.value("SELECT position FROM {s}.progress WHERE number = 1")).isEqualTo("5");
  }

  @Test
  void aStepThatWaitsWhileAnotherNodeTakesOverChangesNothing() throws SQLException {
    Future<Appended> late;
    try (Connection takeover =
        tables.transaction(
            "UPDATE {s}.progress SET owner = 'x', epoch = epoch + 1 WHERE number = 0")) {
      late = node.begin(List.of(), step("a", A, 9, Map.of(1L, keep(1, 1), 2L, bury(2, "x"))));
      tables.awaitBlocked(1);
      takeover.commit();
    }

    assertThat(result(late).unkeptSteps()).containsExactly("a");
    assertThat(progress("position, step")).isEqualTo("(0,0)");
    assertThat(stragglers()).isEmpty();
    assertThat(letters()).isEmpty();
  }

  @Test
  void aStepOfOneThatThisNodeDoesNotRunIsNotKept() {
    Appended appended = node.step(step("c", 2, 9, Map.of()), step("a", A, 3, Map.of()));

    assertThat(appended.unkeptSteps()).containsExactly("c");
    assertThat(progress("position")).isEqualTo("3");
  }

  /** A step is under way at the server when its connection is lost, and another one comes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "LOCK TABLE {s}.straggler IN ACCESS EXCLUSIVE MODE",
        "SELECT FROM {s}.endpoint FOR UPDATE"
      })
  void whatMayStillBeKeptIsKeptBeforeTheNextStepLooksOrNever(String obstacle) throws SQLException {
    Future<Appended> next;
    try (Connection other = tables.transaction(obstacle)) {
      Future<Appended> lost = node.begin(List.of(), step("a", A, 5, Map.of(1L, keep(1, 1))));
      tables.awaitBlocked(1);
      result(tables.clock.turn(12_000));
      assertThatThrownBy(() -> result(lost)).isInstanceOf(NotKeptException.class);

      next = node.begin(List.of(), step("a", A, 5, Map.of(1L, new Change.Remove())));
      tables.awaitBlocked(2);
      other.commit();
    }

    assertThat(result(next).unkeptSteps()).isEmpty();
    assertThat(stragglers()).isEmpty();
    assertThat(progress("step")).isEqualTo("2");
  }

  @Test
  void aStepThatComesAfterALaterOneChangesNothing() {
    Database database = tables.database();
    String owner = node.engine.nodes().membership().id();
    StepRows early = new StepRows();
    early.add(step("a", A, 3, Map.of(1L, keep(1, 1))), 1, 1, null);
    StepRows late = new StepRows();
    late.add(step("a", A, 5, Map.of(1L, new Change.Remove())), 1, 2, null);

    assertThat(tables.ask(() -> database.run("step", late.parameters(owner, ""))).size())
        .isEqualTo(1);
    assertThat(tables.ask(() -> database.run("step", early.parameters(owner, ""))).size()).isZero();

    assertThat(progress("position, step")).isEqualTo("(5,2)");
    assertThat(stragglers()).isEmpty();
  }

  @Test
  void whileStepsCannotBeKeptForLongNoEventIsTaken() {
    tables.sql("ALTER TABLE {s}.straggler RENAME TO elsewhere");
    Step step = step("a", A, 5, Map.of());

    assertThat(result(node.begin(List.of(entry(1)), step)).unkeptSteps()).containsExactly("a");
    result(tables.clock.turn(StepWriter.PATIENCE));
    assertThatThrownBy(() -> result(node.begin(List.of(entry(1)), step)))
        .isInstanceOf(NotKeptException.class)
        .hasMessageContaining("straggler");

    tables.sql("ALTER TABLE {s}.elsewhere RENAME TO straggler");
    assertThat(result(node.begin(List.of(entry(1)), step)).unkeptSteps()).isEmpty();
    assertThat(tables.value("SELECT count(*) FROM {s}.journal")).isEqualTo("11");
  }
}
