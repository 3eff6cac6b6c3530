package dev.auditwebhook.journal.pace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.journal.pace.Warnings.Times;
import dev.auditwebhook.testing.SettableClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarningsTest {

  private final SettableClock clock = new SettableClock();
  private final List<Times<String>> lines = new ArrayList<>();
  private final Warnings<String> warnings = new Warnings<>(clock, lines::add);

  private void add(String... details) {
    List.of(details).forEach(warnings::add);
  }

  @Test
  void theFirstTimeIsALineAtOnceAndTheRestOneLineAtTheEndOfTheInterval() {
    add("a", "b", "c", "d");
    assertThat(lines).containsExactly(new Times<>(1, "a", "a"));

    clock.turn(Warnings.INTERVAL - 1);
    assertThat(lines).hasSize(1);

    clock.turn(1);
    assertThat(lines.subList(1, lines.size())).containsExactly(new Times<>(3, "b", "d"));
  }

  @Test
  void whileItGoesOnThereIsALineAnInterval() {
    for (int i = 0; i < 50; i++) {
      add("a");
      clock.turn(Warnings.INTERVAL / 10);
    }
    assertThat(lines).extracting(Times::count).containsExactly(1L, 9L, 10L, 10L, 10L, 10L);
    assertThat(clock.timers()).isEqualTo(1);
  }

  @Test
  void afterAQuietIntervalTheNextTimeIsALineAtOnce() {
    for (int i = 0; i < 3; i++) {
      add("a");
      clock.turn(Warnings.INTERVAL);
    }
    assertThat(lines).hasSize(3).allMatch(times -> times.count() == 1 && times.first().equals("a"));
    assertThat(clock.timers()).as("nothing waits when all is quiet").isZero();
  }

  @Test
  void whatIsLeftIsALineAtTheEndAndTheEndMayComeTwice() {
    add("a", "b", "c");

    warnings.close();
    warnings.close();

    assertThat(lines).containsExactly(new Times<>(1, "a", "a"), new Times<>(2, "b", "c"));
    assertThat(clock.timers()).isZero();
  }
}
