package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Events.entry;
import static dev.auditwebhook.testing.Events.recipients;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Nodes.Tenancy;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A replica that was behind takes the place of the database, or a backup does: numbers are given
 * again. What was acknowledged and is lost with it is lost; what comes then is not.
 */
class SetBackTest {

  @RegisterExtension final Tables tables = new Tables();
  private Node node;

  @BeforeEach
  void loseEventsThatAreKnown() {
    node = Node.open(tables).runs("a");
    for (int i = 1; i <= 10; i++) {
      node.append(named("old" + i));
    }
    Awaitility.await().until(() -> node.cut().lastId() == 10);
    tables.sql(
        "DELETE FROM {s}.journal WHERE id > 5",
        "UPDATE {s}.head SET last_id = 5, arrived = 5",
        "UPDATE {s}.intake SET wanted = 5",
        "UPDATE {s}.progress SET position = 3, totals = '{3,0,0,0,0,0}'");
  }

  private static EncodedEntry named(String action) {
    byte[] content = ",\"action\":\"%s\"}".formatted(action).getBytes(StandardCharsets.UTF_8);
    return new EncodedEntry(action, content, 1, recipients(0));
  }

  /** Waits until the endpoint is run anew, from where the tables have it. */
  private Tenancy begunAnew() {
    Awaitility.await().until(() -> node.lost.contains("a") && node.tookOver.size() == 2);
    return node.tookOver.get(1);
  }

  private static Step step(long cursor) {
    List<Long> totals = Collections.nCopies(Total.values().length, 0L);
    return new Step("a", 0, cursor, List.of(), Map.of(), totals, new JsonObject());
  }

  @Test
  void aNodeThatAppendsBeginsAnew() {
    node.append(named("new6"));

    Tenancy tenancy = begunAnew();
    assertThat(tenancy.lastId()).isEqualTo(6);
    assertThat(tenancy.state().cursor()).isEqualTo(3);
    assertThat(tenancy.state().waiting()).isEqualTo(3);
    assertThat(node.cut().lastId()).isEqualTo(6);
    assertThat(node.cut().arrived()).isEqualTo(6);

    node.append(named("new7"));
    Awaitility.await().until(() -> node.cut().lastId() == 7);
    assertThat(node.cut().events()).extracting(event -> event.action()).containsExactly("new7");
    assertThat(node.step(step(7)).unkeptSteps()).isEmpty();
  }

  @Test
  void aNodeThatComesToKnowOfItLateBeginsAnew() {
    tables.sql(
        "INSERT INTO {s}.journal SELECT n, 'new', 'x', 1, '\\x01' FROM generate_series(6, 20) n",
        "UPDATE {s}.head SET last_id = 20, arrived = 20",
        "UPDATE {s}.intake SET wanted = 20");

    result(tables.clock.turn(2 * Tail.POLL));

    Tenancy tenancy = begunAnew();
    assertThat(tenancy.lastId()).isEqualTo(20);
    assertThat(tenancy.state().waiting()).isEqualTo(17);
    assertThat(node.cut().lastId()).isEqualTo(20);
  }

  @Test
  void aStepThatSpeaksOfWhatIsNotThereIsNotKept() {
    assertThat(node.step(step(8)).unkeptSteps()).containsExactly("a");

    assertThat(begunAnew().state().cursor()).isEqualTo(3);
    assertThat(tables.value("SELECT position FROM {s}.progress")).isEqualTo("3");
    assertThat(node.step(step(5)).unkeptSteps()).isEmpty();
  }

  @Test
  void whatWasReadOfTheFormerJournalDoesNoHarmWhereTheEntryOfTheNumberWasDropped() {
    node.append(entry(6));
    begunAnew();
    for (int i = 7; i <= 12; i++) {
      node.append((EncodedEntry) null);
    }
    node.append(named("new13"));

    Awaitility.await().until(() -> node.cut().lastId() == 13);
    assertThat(node.tookOver).hasSize(2);
  }
}
