package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Events.entry;
import static dev.auditwebhook.testing.Events.event;
import static dev.auditwebhook.testing.Events.ids;
import static dev.auditwebhook.testing.Events.recipients;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is read of single events. */
class EventReaderTest {

  @RegisterExtension final Tables tables = new Tables();

  private static List<Long> read(Node node, int number, long after, int limit) {
    return node.ask(() -> node.engine.read(number, after, limit)).found().stream()
        .map(Event::id)
        .toList();
  }

  private static DeadLetter letter(long id, int bytes) {
    return new DeadLetter(
        new Event(id, "a", new byte[bytes - 2], id), 3, 503, "b", null, "2026-01-01");
  }

  @Test
  void anEventAmongVeryManyOfOthersIsFound() {
    Node node = Node.open(tables).runs("a", "b");
    long many = 2 * EventReader.MAX_SCAN + 10;
    tables.sql(
        """
        INSERT INTO {s}.journal
        SELECT n, 'a', 'x', 1, CASE WHEN n %% %d = 0 THEN '\\x03' ELSE '\\x01' END::bytea
        FROM generate_series(1, %d) n"""
            .formatted(EventReader.MAX_SCAN, many),
        "UPDATE {s}.head SET last_id = " + many);
    node.ask(() -> node.tail().upToDate());

    assertThat(read(node, 1, 0, 9)).containsExactly(EventReader.MAX_SCAN);
    assertThat(read(node, 1, EventReader.MAX_SCAN, 9)).containsExactly(2 * EventReader.MAX_SCAN);
    assertThat(read(node, 1, 2 * EventReader.MAX_SCAN, 9)).isEmpty();
    assertThat(read(node, 7, 0, 9)).isEmpty();
    assertThat(read(node, 0, 5, 3)).isEqualTo(ids(6, 8));
  }

  @Test
  void nothingIsReadThatDidNotArriveByACut() {
    Node node = Node.open(tables).runs("a");
    Node other = Node.open(tables);
    node.append(entry(1));
    Promise<Void> end = Promise.promise();
    tables.begin(() -> node.tail().still(end::future));

    other.append(entry(2), entry(3));

    assertThat(read(node, 0, 0, 9)).containsExactly(1L);
    end.complete();
    node.ask(() -> node.tail().upToDate());
    assertThat(read(node, 0, 0, 9)).isEqualTo(ids(1, 3));
  }

  @Test
  void theNumberOfAnEndpointMayBeLarge() {
    Node node = Node.open(tables).runs("a");
    node.append(
        entry(1, recipients(7)), entry(2, recipients(8)), entry(3, recipients(0, 8, 4_000)));

    assertThat(read(node, 7, 0, 9)).containsExactly(1L);
    assertThat(read(node, 8, 0, 9)).containsExactly(2L, 3L);
    assertThat(read(node, 4_000, 0, 9)).containsExactly(3L);
    assertThat(read(node, 4_001, 0, 9)).isEmpty();
    assertThat(read(node, 80_000, 0, 9)).isEmpty();
  }

  @Test
  void ofLargeEventsFewAreReadAtOnce() {
    Node node = Node.open(tables).runs("a");
    EncodedEntry large = new EncodedEntry("a", new byte[3 << 20], 1, recipients(0));
    result(node.begin(Collections.nCopies(3, large)));

    assertThat(read(node, 0, 0, 9)).isEqualTo(ids(1, 2));
    assertThat(read(node, 0, 2, 9)).isEqualTo(ids(3, 3));
  }

  @Test
  void deadLettersArePagedByTheirBytes() {
    Node node = Node.open(tables).runs("a");
    for (int id = 1; id <= 9; id++) {
      node.append(entry(id));
    }
    Map<Long, Change> burials = new HashMap<>();
    for (long id = 1; id <= 4; id++) {
      burials.put(id, new Change.Bury(letter(id, 100)));
    }
    List<Long> totals = Collections.nCopies(Total.values().length, 0L);
    node.step(new Step("a", 0, 0, List.of(), burials, totals, new JsonObject()));
    Map<Long, DeadLetter> unkept = Map.of(2L, letter(2, 50), 9L, letter(9, 10));

    assertThat(letters(node, unkept, 1)).containsExactly(1L);
    assertThat(letters(node, unkept, 150)).containsExactly(1L, 2L);
    assertThat(letters(node, unkept, 249)).containsExactly(1L, 2L);
    assertThat(letters(node, unkept, 250)).containsExactly(1L, 2L, 3L);
    assertThat(letters(node, unkept, 360)).containsExactly(1L, 2L, 3L, 4L, 9L);
    assertThat(letters(node, Map.of(), 1_000)).containsExactly(1L, 2L, 3L, 4L);
  }

  private static List<Long> letters(Node node, Map<Long, DeadLetter> unkept, long maxBytes) {
    return node.ask(() -> node.engine.deadLetters("a", ids(1, 9), unkept, maxBytes)).stream()
        .map(letter -> letter.event().id())
        .toList();
  }

  @Test
  void manyReadingsWaitForEachOther() {
    Node node = Node.open(tables).runs("a");
    node.append(entry(1));

    List<Future<Integer>> all =
        Collections.nCopies(200, 0).stream()
            .map(
                number ->
                    tables
                        .begin(() -> node.engine.read(number, 0, 9))
                        .map(found -> found.found().size()))
            .toList();

    result(Future.all(all));
    assertThat(all).extracting(Future::result).containsOnly(1);
    assertThat(node.cut().events().get(0).action()).isEqualTo(event(1).action());
  }
}
