package dev.auditwebhook.journal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.file.Records.Numbers;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RecordsTest {

  private static final Event EVENT = Kept.event(7);
  private static final DeadLetter LETTER =
      new DeadLetter(EVENT, 2, 503, "503 from http://x", "später", "2026-01-01T00:00:00Z");

  private static void assertSame(Event event, Event expected) {
    assertThat(event).usingRecursiveComparison().isEqualTo(expected);
  }

  @Property(tries = 200)
  void aGroupComesBackAsItWas(
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE / 2) long firstId,
      @ForAll @Size(max = 10) List<@NotEmpty String> actions,
      @ForAll @NotEmpty byte[] content,
      @ForAll long acceptedAt) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < actions.size(); i++) {
      // A lone surrogate is no text, and no JSON has one.
      byte[] utf8 = actions.get(i).getBytes(StandardCharsets.UTF_8);
      String action = new String(utf8, StandardCharsets.UTF_8);
      events.add(new Event(firstId + 3L * i, action, content, acceptedAt + i));
    }
    byte[] record = Records.of(firstId, events);

    List<Event> read = new ArrayList<>();
    Records.events(firstId, record, id -> id > 0, 100, read);

    assertThat(read).usingRecursiveFieldByFieldElementComparator().isEqualTo(events);
    assertThat(Records.count(record)).isEqualTo(events.size());
  }

  @Test
  void aGroupIsReadFromAnIdOnAndNoFurtherThanAsked() {
    byte[] record = Records.of(5, List.of(Kept.event(5), Kept.event(7), Kept.event(8)));
    List<Event> read = new ArrayList<>(List.of(Kept.event(1)));

    Records.events(5, record, id -> id > 5, 2, read);

    assertThat(read).extracting(Event::id).containsExactly(1L, 7L);
    assertThat(Records.count(5, record, id -> id > 5)).isEqualTo(2);
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
    Step step = new Step("a", 9, List.of(11L, 12L), Map.of(), Kept.totals(4, 3), settings);

    assertThat(Records.step("a", Records.of(step, Kept.totals(5, 2))))
        .isEqualTo(new Step("a", 9, List.of(11L, 12L), Map.of(), Kept.totals(5, 2), settings));
    assertThat(Records.text(Records.of("später"))).isEqualTo("später");
    assertThat(Records.numbers(Records.of(new Numbers(7, 8)))).isEqualTo(new Numbers(7, 8));
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
    byte[] record = Records.of(7, List.of(EVENT, Kept.event(8)));
    for (int length = 0; length < record.length; length++) {
      byte[] cut = Arrays.copyOf(record, length);
      assertThatThrownBy(() -> Records.events(7, cut, id -> true, 9, new ArrayList<>()))
          .hasMessage("a record is damaged");
      assertThat(Records.plausibleCount(7, 10, cut)).isBetween(2L, 3L);
    }
  }

  @Test
  void aDamagedGroupIsBelievedWhatIsPlausible() {
    byte[] record = Records.of(7, List.of(EVENT, Kept.event(9)));

    assertThat(Records.plausibleCount(7, 10, record)).isEqualTo(2);
    assertThat(Records.plausibleCount(7, 8, record)).as("more than there are ids").isEqualTo(1);
    record[4] ^= (byte) 0x80;
    assertThat(Records.plausibleCount(7, 10, record)).as("less than none").isEqualTo(3);
  }
}
