package dev.auditwebhook.journal.memory;

import static dev.auditwebhook.testing.Events.event;
import static dev.auditwebhook.testing.Events.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.journal.Recipients;
import dev.auditwebhook.wire.format.Event;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EventLogTest {

  private static final Recipients BOTH = recipients(0, 1);
  private static final Recipients ONE = recipients(1);

  private final EventLog log = new EventLog();

  private static Recipients recipients(int... numbers) {
    BitSet set = new BitSet();
    for (int number : numbers) {
      set.set(number);
    }
    return Recipients.of(set);
  }

  private List<Long> read(int number, long after, int limit) {
    return log.read(number, after, limit).stream().map(Event::id).toList();
  }

  @Test
  void itGrowsWithWhatIsThereAndShrinksWithIt() {
    for (long id = 1; id <= 100_000; id++) {
      log.add(event(id), id % 1_000 == 0 ? BOTH : ONE);
    }
    assertThat(log.room()).isBetween(100_000, 200_000);
    assertThat(read(0, 42_000, 2)).containsExactly(43_000L, 44_000L);

    log.cut(99_990);

    assertThat(log.room()).as("the backlog has gone").isLessThan(100);
    assertThat(read(1, 0, 99)).isEqualTo(ids(99_990, 100_000));
    assertThat(read(0, 0, 99)).containsExactly(100_000L);
  }

  @Test
  void whatAllHavePassedGoesFromWithin() {
    for (long id = 1; id <= 1_000; id++) {
      log.add(event(id), id == 10 || id == 900 ? BOTH : ONE);
    }

    log.squeeze(whom -> whom.include(0) ? 10 : 995);

    assertThat(read(1, 0, 99)).containsExactly(900L, 996L, 997L, 998L, 999L, 1_000L);
    assertThat(log.size()).isEqualTo(6);
    assertThat(log.room()).isLessThan(100);
  }

  @Property(tries = 200)
  void itIsAsGoodAsASortedMap(
      @ForAll @Size(max = 200) List<@IntRange(min = -30, max = 40) Integer> moves) {
    EventLog some = new EventLog();
    TreeMap<Long, Recipients> model = new TreeMap<>();
    long lastId = 0;
    for (int move : moves) {
      if (move == 0) {
        long passed = lastId - 20;
        some.squeeze(whom -> whom.include(0) ? passed : passed + 10);
        model
            .entrySet()
            .removeIf(each -> each.getKey() <= (each.getValue().include(0) ? passed : passed + 10));
      } else if (move < 0) {
        some.cut(lastId + move);
        model.headMap(lastId + move).clear();
      }
      for (int i = 0; i < move; i++) {
        lastId += 1 + i % 3;
        Recipients whom = (move + i) % 3 == 0 ? BOTH : ONE;
        some.add(event(lastId), whom);
        model.put(lastId, whom);
      }
      for (int number : new int[] {0, 1, 2}) {
        long after = lastId - 25;
        List<Long> theirs =
            model.tailMap(after, false).entrySet().stream()
                .filter(each -> each.getValue().include(number))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(some.read(number, after, 10))
            .extracting(Event::id)
            .isEqualTo(theirs.stream().limit(10).toList());
        Set<Long> but = Set.of(lastId, lastId - 3);
        assertThat(some.count(number, after, but))
            .isEqualTo(theirs.stream().filter(id -> !but.contains(id)).count());
      }
      assertThat(some.size()).isEqualTo(model.size());
    }
  }
}
