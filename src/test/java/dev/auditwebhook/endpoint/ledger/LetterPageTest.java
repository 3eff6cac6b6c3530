package dev.auditwebhook.endpoint.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.wire.format.Event;
import org.junit.jupiter.api.Test;

class LetterPageTest {

  private static final DeadLetter LETTER =
      new DeadLetter(new Event(1, "a", new byte[20], 1), 3, 503, "503", "sorry", "2026");
  private static final long SIZE = LETTER.size();

  @Test
  void takesAsManyBytesAsAreAskedFor() {
    LetterPage page = new LetterPage(2 * SIZE);

    assertThat(page.add(LETTER)).isTrue();
    assertThat(page.add(LETTER)).isTrue();
    assertThat(page.add(LETTER)).isFalse();
    assertThat(page.letters()).hasSize(2);
  }

  @Test
  void takesOneWhateverItsSize() {
    LetterPage page = new LetterPage(SIZE - 1);

    assertThat(page.add(LETTER)).isTrue();
    assertThat(page.add(LETTER)).isFalse();
    assertThat(page.letters()).hasSize(1);
  }
}
