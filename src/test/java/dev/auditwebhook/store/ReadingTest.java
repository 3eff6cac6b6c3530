package dev.auditwebhook.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadingTest {

  private static final DeadLetter LETTER = OpenStore.letter(1);
  private static final long SIZE = LETTER.size();

  @Test
  void takesAsManyAsAreAskedFor() {
    Reading reading = new Reading(2, Long.MAX_VALUE);

    assertThat(reading.add(LETTER)).isTrue();
    assertThat(reading.add(LETTER)).isTrue();
    assertThat(reading.add(LETTER)).isFalse();
    assertThat(reading.letters()).hasSize(2);
  }

  @Test
  void takesAsManyBytesAsAreAskedFor() {
    Reading reading = new Reading(9, 2 * SIZE);

    assertThat(reading.add(LETTER)).isTrue();
    assertThat(reading.add(LETTER)).isTrue();
    assertThat(reading.add(LETTER)).isFalse();
    assertThat(reading.letters()).hasSize(2);
  }

  @Test
  void takesOneWhateverItsSize() {
    Reading reading = new Reading(9, SIZE - 1);

    assertThat(reading.add(LETTER)).isTrue();
    assertThat(reading.add(LETTER)).isFalse();
    assertThat(reading.letters()).hasSize(1);
  }
}
