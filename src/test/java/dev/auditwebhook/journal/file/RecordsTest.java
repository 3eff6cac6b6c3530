package dev.auditwebhook.journal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.file.Records.Numbers;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RecordsTest {

  private static final Event EVENT = Kept.event(7);
  private static final DeadLetter LETTER =
      new DeadLetter(EVENT, 2, 503, "503 from http://x", "später", "2026-01-01T00:00:00Z");

  private static void assertSame(Event event, Event expected) {
    assertThat(event).usingRecursiveComparison().isEqualTo(expected);
  }

  @Property(tries = 200)
  void aStragglerComesBackAsItWas(
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long id,
      @ForAll int attempts,
      @ForAll long since) {
    Straggler straggler = new Straggler(Kept.event(id), attempts, since);

    assertThat(Records.straggler(id, Records.of(straggler)))
        .usingRecursiveComparison()
        .isEqualTo(straggler);
  }

  @Test
  void aDeadLetterComesBackAsItWas() {
    DeadLetter bare = new DeadLetter(EVENT, 1, null, "timeout", null, "2026-01-01T00:00:00Z");

    for (DeadLetter letter : List.of(LETTER, bare)) {
      DeadLetter read = Records.deadLetter(7, Records.of(letter));
      assertThat(read).usingRecursiveComparison().isEqualTo(letter);
      assertSame(read.event(), EVENT);
    }
    assertThat(Records.isWhole(Records.of(DeadLetter.damaged(7)))).isFalse();
  }

  @Test
  void factsComeBackAsTheyWere() {
    JsonObject settings = new JsonObject().put("url", "http://käse");
    Step step = new Step("a", 3, 9, List.of(11L, 12L), Map.of(), Kept.totals(4, 3), settings);

    assertThat(Records.step("a", Records.of(step, Kept.totals(5, 2))))
        .isEqualTo(new Step("a", 3, 9, List.of(11L, 12L), Map.of(), Kept.totals(5, 2), settings));
    assertThat(Records.text(Records.of("später"))).isEqualTo("später");
    Numbers numbers = new Numbers(7, new Counts(8, 9));
    assertThat(Records.numbers(Records.of(numbers))).isEqualTo(numbers);
  }

  @Test
  void everyByteThatChangedIsNoticed() {
    byte[] record = Records.of(LETTER);
    for (int at = 0; at < record.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] damaged = record.clone();
        damaged[at] ^= (byte) (1 << bit);
        assertThatThrownBy(() -> Records.deadLetter(7, damaged))
            .as("bit %d of byte %d", bit, at)
            .hasMessage("a record is damaged");
      }
    }
  }

  @Test
  void everyCutIsNoticed() {
    byte[] record = Records.of(LETTER);
    for (int length = 0; length < record.length; length++) {
      byte[] cut = Arrays.copyOf(record, length);
      assertThatThrownBy(() -> Records.deadLetter(7, cut)).hasMessage("a record is damaged");
    }
  }
}
