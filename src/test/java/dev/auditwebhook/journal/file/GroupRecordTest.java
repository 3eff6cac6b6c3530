package dev.auditwebhook.journal.file;

import static dev.auditwebhook.journal.file.Kept.entry;
import static dev.auditwebhook.journal.file.Kept.event;
import static dev.auditwebhook.journal.file.Kept.recipients;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.wire.format.Event;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class GroupRecordTest {

  private static final int ENDPOINTS = 5;

  private static List<Event> read(GroupRecord group, int number, long after, int limit) {
    List<Event> read = new ArrayList<>();
    group.read(number, after, limit, read);
    return read;
  }

  private static GroupRecord group(long firstId, EncodedEntry... entries) {
    return new GroupRecord(firstId, GroupRecord.of(Arrays.asList(entries)));
  }

  private static EncodedEntry random(
      Random random, int sets, List<String> actions, byte[] content) {
    // A lone surrogate is no text, and no JSON has one.
    byte[] action = actions.get(random.nextInt(actions.size())).getBytes(StandardCharsets.UTF_8);
    Random set = new Random(random.nextInt(sets));
    int[] numbers = IntStream.range(0, ENDPOINTS).filter(n -> set.nextBoolean()).toArray();
    return new EncodedEntry(
        new String(action, StandardCharsets.UTF_8),
        content,
        random.nextLong(),
        recipients(numbers));
  }

  @Property(tries = 300)
  void eachEndpointGetsItsEventsAsTheyWere(
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE / 2) long firstId,
      @ForAll @IntRange(max = 20) int count,
      @ForAll @IntRange(min = 1, max = 6) int sets,
      @ForAll @Size(min = 1, max = 3) List<@NotEmpty String> actions,
      @ForAll @NotEmpty byte[] content,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<EncodedEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(random.nextInt(4) == 0 ? null : random(random, sets, actions, content));
    }
    GroupRecord group = new GroupRecord(firstId, GroupRecord.of(entries));

    assertThat(group.isKnown()).isTrue();
    assertThat(group.isWhole()).isTrue();
    for (int number = 0; number < ENDPOINTS; number++) {
      List<Event> theirs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        if (entries.get(i) != null && entries.get(i).recipients().include(number)) {
          theirs.add(entries.get(i).numbered(firstId + i));
        }
      }
      assertThat(read(group, number, 0, 100))
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(theirs);
      assertThat(group.has(number)).isEqualTo(!theirs.isEmpty());
      assertThat(group.count(number)).isEqualTo(theirs.size());
      assertThat(group.ids(number))
          .containsExactlyElementsOf(theirs.stream().map(Event::id).toList());
    }
  }

  @Test
  void itIsReadFromAnIdOnAndNoFurtherThanAsked() {
    GroupRecord group =
        group(5, entry(5, 1), null, entry(7, 1, 2), entry(8, 2), entry(9, 1), entry(10, 1));
    List<Event> read = new ArrayList<>(List.of(event(1)));

    group.read(1, 5, 3, read);

    assertThat(read).extracting(Event::id).containsExactly(1L, 7L, 9L);
    assertThat(read(group, 2, 0, 1)).extracting(Event::id).containsExactly(7L);
  }

  @Test
  void whoEventsAreForTakesNoRoomWhereAllAreForTheSame() {
    int one = GroupRecord.of(List.of(entry(1, 3))).length;
    int two = GroupRecord.of(List.of(entry(1, 3), entry(2, 3))).length;
    int other = GroupRecord.of(List.of(entry(1, 3), entry(2, 4))).length;
    int offset = Integer.BYTES;
    int acceptedAt = Long.BYTES;
    int lengths = 2 * Integer.BYTES;
    int texts = entry(2).action().length() + entry(2).content().length;
    int anotherSet = Short.BYTES + 1;

    assertThat(two - one).isEqualTo(offset + acceptedAt + lengths + texts);
    assertThat(other - two).isEqualTo(anotherSet + 2 * Byte.BYTES);
  }

  @Test
  void manyDifferentRecipientsAndLargeNumbers() {
    for (int count : new int[] {1, 255, 256, 257, 4_096}) {
      List<EncodedEntry> entries =
          IntStream.range(0, count).mapToObj(i -> entry(i + 1, i, 10_000)).toList();
      GroupRecord group = new GroupRecord(1, GroupRecord.of(entries));

      assertThat(group.count(10_000)).isEqualTo(count);
      for (int i = 0; i < count; i += 15) {
        assertThat(group.count(i)).isEqualTo(1);
        assertThat(group.ids(i)).containsExactly(i + 1L);
        assertThat(read(group, i, 0, 9)).extracting(Event::id).containsExactly(i + 1L);
      }
      assertThat(group.count(count)).isZero();
    }
  }

  @Test
  void everyByteThatChangedIsNoticedAndInTheTextsItHidesNotWhoseTheyWere() {
    byte[] record = GroupRecord.of(Arrays.asList(entry(7, 0, 3), null, entry(9, 3)));
    int texts = 2 * entry(7).action().length() + entry(7).content().length * 2;
    for (int at = 0; at < record.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] damaged = record.clone();
        damaged[at] ^= (byte) (1 << bit);
        GroupRecord group = new GroupRecord(7, damaged);
        assertThat(group.isWhole()).as("bit %d of byte %d", bit, at).isFalse();
        assertThat(group.isKnown()).isEqualTo(at >= record.length - texts);
        if (group.isKnown()) {
          assertThat(group.ids(0)).containsExactly(7L);
          assertThat(group.ids(3)).containsExactly(7L, 9L);
        } else {
          assertThat(group.ids(3)).isEmpty();
        }
      }
    }
  }

  @Test
  void everyCutIsNoticed() {
    byte[] record = GroupRecord.of(List.of(entry(7), entry(8)));
    for (int length = 0; length < record.length; length++) {
      GroupRecord group = new GroupRecord(7, Arrays.copyOf(record, length));
      assertThat(group.isWhole()).isFalse();
      assertThat(group.isEmpty()).isEqualTo(length == 0);
    }
  }
}
