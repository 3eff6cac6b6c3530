package dev.auditwebhook.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class RecordsTest {

  private static final PendingEvent EVENT =
      new PendingEvent(
          7,
          "node.registered",
          "{\"event_id\":7}".getBytes(StandardCharsets.UTF_8),
          2,
          1_700_000_000L);
  private static final DeadLetter LETTER =
      new DeadLetter(EVENT, 503, "503 from http://x", "später", "2026-01-01T00:00:00Z");

  @Property(tries = 200)
  void anEventComesBackAsItWas(
      @ForAll long id,
      @ForAll @NotEmpty String action,
      @ForAll byte[] body,
      @ForAll int attempts,
      @ForAll long since) {
    // A lone surrogate is no text, and no JSON has one.
    String text = new String(action.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    PendingEvent event = new PendingEvent(id, text, body, attempts, since);

    assertThat(Records.event(id, Records.of(event))).isEqualTo(event);
  }

  @Test
  void aDeadLetterComesBackAsItWas() {
    DeadLetter bare = new DeadLetter(EVENT, null, "timeout", null, "2026-01-01T00:00:00Z");

    assertThat(Records.deadLetter(7, Records.of(LETTER))).isEqualTo(LETTER);
    assertThat(Records.deadLetter(7, Records.of(bare))).isEqualTo(bare);
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
    byte[] record = Records.of(EVENT);
    for (int length = 0; length < record.length; length++) {
      byte[] cut = Arrays.copyOf(record, length);
      assertThatThrownBy(() -> Records.event(7, cut)).hasMessage("a record is damaged");
    }
  }
}
