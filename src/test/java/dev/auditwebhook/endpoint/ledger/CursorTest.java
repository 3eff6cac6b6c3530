package dev.auditwebhook.endpoint.ledger;

import static dev.auditwebhook.testing.Events.event;
import static dev.auditwebhook.testing.Events.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CursorTest {

  private final TreeMap<Long, Pending> held = new TreeMap<>();

  private boolean reach(Cursor cursor, long id) {
    Pending event = Pending.untried(event(id));
    held.put(id, event);
    return cursor.reach(event);
  }

  private void pass(Cursor cursor, long... ids) {
    for (long id : ids) {
      cursor.pass(held.get(id));
    }
  }

  @Test
  void itStandsBeforeTheFirstEventThatIsNotPast() {
    Cursor cursor = new Cursor(0, List.of());
    ids(1, 5).forEach(id -> assertThat(reach(cursor, id)).isTrue());

    pass(cursor, 2, 4);
    assertThat(cursor.position()).isZero();
    assertThat(cursor.ahead()).containsExactly(2L, 4L);

    pass(cursor, 1);
    assertThat(cursor.position()).isEqualTo(2);
    assertThat(cursor.ahead()).containsExactly(4L);

    pass(cursor, 3, 5);
    assertThat(cursor.position()).isEqualTo(5);
    assertThat(cursor.ahead()).isEmpty();
  }

  @Test
  void numbersThatNoEventHasDoNotHoldItUp() {
    Cursor cursor = new Cursor(10, List.of());
    reach(cursor, 12);
    reach(cursor, 17);
    pass(cursor, 12);
    assertThat(cursor.position()).isEqualTo(12);
    pass(cursor, 17);
    assertThat(cursor.position()).isEqualTo(17);
  }

  @Test
  void anEventIsPastOnce() {
    Cursor cursor = new Cursor(0, List.of());
    ids(1, 3).forEach(id -> reach(cursor, id));
    pass(cursor, 2, 2, 2);
    assertThat(cursor.ahead()).containsExactly(2L);
    pass(cursor, 1);
    assertThat(cursor.position()).isEqualTo(2);
  }

  @Test
  void whatWasPastInAFormerLifeIsPastWhenItIsReached() {
    Cursor cursor = new Cursor(5, List.of(7L, 8L, 10L));
    assertThat(cursor.ahead()).containsExactly(7L, 8L, 10L);
    assertThat(reach(cursor, 6)).isTrue();
    assertThat(reach(cursor, 7)).isFalse();
    assertThat(reach(cursor, 8)).isFalse();
    assertThat(cursor.ahead()).as("both read and not read yet").containsExactly(7L, 8L, 10L);

    pass(cursor, 6);

    assertThat(cursor.position()).isEqualTo(8);
    assertThat(cursor.ahead()).containsExactly(10L);
    assertThat(reach(cursor, 9)).isTrue();
    assertThat(reach(cursor, 10)).isFalse();
    pass(cursor, 9);
    assertThat(cursor.position()).isEqualTo(10);
    assertThat(cursor.ahead()).isEmpty();
  }

  @Test
  void whatWillNotBeReadIsSkippedOnce() {
    Cursor cursor = new Cursor(5, List.of(8L));
    assertThat(cursor.skip(List.of(4L, 6L, 8L, 9L))).containsExactly(6L, 9L);
    assertThat(cursor.skip(List.of(6L, 9L))).isEmpty();
    assertThat(cursor.ahead()).containsExactly(6L, 8L, 9L);

    reach(cursor, 7);
    pass(cursor, 7);
    assertThat(cursor.position()).isEqualTo(7);
    assertThat(cursor.ahead()).containsExactly(8L, 9L);
    reach(cursor, 10);
    pass(cursor, 10);
    assertThat(cursor.position()).isEqualTo(10);
    assertThat(cursor.ahead()).isEmpty();
  }

  @Test
  void nothingIsOverdueWhileFewArePastAheadOfIt() {
    Cursor cursor = new Cursor(0, List.of());
    ids(1, Cursor.MAX_AHEAD + 2).forEach(id -> reach(cursor, id));
    for (long id = 2; id <= Cursor.MAX_AHEAD + 1; id++) {
      pass(cursor, id);
    }
    assertThat(cursor.overdue()).isNull();

    pass(cursor, Cursor.MAX_AHEAD + 2);
    assertThat(cursor.overdue()).isSameAs(held.get(1L));

    pass(cursor, 1);
    assertThat(cursor.overdue()).isNull();
    assertThat(cursor.position()).isEqualTo(Cursor.MAX_AHEAD + 2);
  }

  /** Events are past in any order, over several lives; a set of numbers is all there is to it. */
  @Property(tries = 60)
  void itPassesNothingThatIsNotPast(
      @ForAll @IntRange(min = 1, max = 4_000) int events,
      @ForAll @IntRange(min = 1, max = 3) int lives,
      @ForAll long seed) {
    Random random = new Random(seed);
    TreeSet<Long> there = new TreeSet<>();
    for (long id = 1; there.size() < events; id += 1 + random.nextInt(3)) {
      there.add(id);
    }
    Set<Long> past = new HashSet<>();
    Cursor cursor = new Cursor(0, List.of());
    for (int life = 0; life < lives; life++) {
      int aheadBefore = cursor.ahead().size();
      cursor = new Cursor(cursor.position(), cursor.ahead());
      held.clear();
      List<Long> open = new ArrayList<>();
      int toPass = random.nextInt(events + 1);
      for (long id : there.tailSet(cursor.position() + 1)) {
        assertThat(reach(cursor, id)).isEqualTo(!past.contains(id));
        if (!past.contains(id)) {
          open.add(id);
        }
      }
      while (toPass-- > 0 && !open.isEmpty()) {
        int index = Math.min(open.size() - 1, random.nextInt(1 + random.nextInt(open.size())));
        past.add(open.get(index));
        pass(cursor, open.remove(index));
        for (Pending slow = cursor.overdue(); slow != null; slow = cursor.overdue()) {
          past.add(slow.id());
          open.remove(slow.id());
          cursor.pass(slow);
        }
        Long before = open.isEmpty() ? there.last() : there.lower(open.get(0));
        assertThat(cursor.position()).isEqualTo(before == null ? 0 : before);
      }
      assertThat(cursor.ahead())
          .hasSizeLessThanOrEqualTo(Cursor.MAX_AHEAD + aheadBefore)
          .containsExactlyElementsOf(
              there.tailSet(cursor.position() + 1).stream().filter(past::contains).toList());
    }
  }
}
