package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Events.entry;
import static dev.auditwebhook.testing.Events.recipients;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.journal.Engine.Appended;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The engine of one node on a real database. */
class PostgresEngineTest {

  @RegisterExtension final Tables tables = new Tables();

  private Node node() {
    return Node.open(tables);
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
}
