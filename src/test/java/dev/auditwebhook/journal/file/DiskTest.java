package dev.auditwebhook.journal.file;

import static dev.auditwebhook.journal.file.Kept.addition;
import static dev.auditwebhook.journal.file.Kept.entries;
import static dev.auditwebhook.journal.file.Kept.events;
import static dev.auditwebhook.journal.file.Kept.ids;
import static dev.auditwebhook.journal.file.Kept.step;
import static dev.auditwebhook.journal.file.Kept.totals;
import static dev.auditwebhook.journal.file.OnDisk.append;
import static dev.auditwebhook.journal.file.OnDisk.events;
import static dev.auditwebhook.journal.file.OnDisk.file;
import static dev.auditwebhook.journal.file.OnDisk.find;
import static dev.auditwebhook.journal.file.OnDisk.open;
import static dev.auditwebhook.journal.file.OnDisk.read;
import static dev.auditwebhook.journal.file.OnDisk.state;
import static dev.auditwebhook.journal.file.OnDisk.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.file.FaultyFiles.Faults;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One file: what is in it after writes that work, and after some that fail. */
class DiskTest {

  @TempDir Path directory;

  @Test
  void aPowerFailureLosesAtMostTheWriteThatWasNotDone() throws IOException {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      Path home = directory.resolve("power" + seed);
      Faults faults = new Faults();
      Disk before = open(home, faults);
      int done = 0;
      int tried = 0;
      try {
        int fails = random.nextInt(100, 400);
        for (; tried < 200; tried++) {
          if (tried * 2 > fails) {
            faults.failing(0.2, random);
          }
          append(before, tried + 1, step(Math.max(0, tried - 29), totals(tried + 1)));
          done = tried + 1;
        }
      } catch (DiskException expected) {
        tried++;
      }
      faults.powerFailure(random);
      before.close();

      Recovery found = find(home);

      assertThat(found.damage()).as("seed %d", seed).isNull();
      State state = state(found);
      assertThat(List.of(totals(done), totals(tried))).as("seed %d", seed).contains(state.totals());
      long reached = state.totals().get(0);
      assertThat(found.opened().lastId()).isEqualTo(reached);
      assertThat(state.waiting()).isEqualTo(Math.min(30, reached));
      Disk after = new Disk(found);
      assertThat(events(after, state.cursor()))
          .extracting(Event::id)
          .isEqualTo(ids(Math.max(1, reached - 29), reached));
      after.close();
    }
  }

  @Test
  void aWriteThatFailsCountsForNothingAndTheNextOneGoesOn() {
    Faults faults = new Faults();
    Disk disk = open(directory, faults);
    append(disk, 1, step(0, totals(1)));
    faults.room(0);

    assertThatThrownBy(() -> disk.append(2, 999, addition(entries(2, 999))))
        .isInstanceOf(DiskException.class)
        .hasMessageEndingWith("events.mv cannot be written to: No space left on device");

    assertThat(read(disk)).containsExactly(1L);
    faults.room(Long.MAX_VALUE);
    append(disk, 1_000, step(0, totals(1_000)));
    assertThat(read(disk)).containsExactly(1L, 1_000L);
    disk.close();
  }

  @Test
  void whatASyncThatFailedDidNotWriteIsWrittenAgain() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      Path home = directory.resolve("sync" + seed);
      Faults faults = new Faults();
      Disk before = open(home, faults);
      List<Long> kept = new ArrayList<>();
      List<Long> left = new ArrayList<>();
      for (long id = 1; id <= 60; id++) {
        faults.unsyncable(random.nextInt(4) == 0);
        try {
          append(before, id);
          kept.add(id);
        } catch (DiskException expected) {
          faults.unsyncable(false);
          if (random.nextBoolean()) {
            before.close();
            before = open(home, faults);
            left.add(id); // A start cannot know that it was refused.
          }
          write(before, id);
        }
      }
      faults.powerFailure(random);
      before.close();

      Recovery found = find(home);

      assertThat(found.damage()).as("seed %d", seed).isNull();
      Disk after = new Disk(found);
      List<Long> read = new ArrayList<>(read(after));
      read.removeAll(left);
      assertThat(read).as("seed %d", seed).isEqualTo(kept);
      after.close();
    }
  }

  @Test
  void aFileThatIsGoneIsNotBegunAnewWhileRunning() throws IOException {
    Faults faults = new Faults();
    Disk disk = open(directory, faults);
    Files.delete(file(directory));
    faults.failing(1, new Random(1));
    assertThatThrownBy(() -> append(disk, 1)).isInstanceOf(DiskException.class);
    faults.failing(0, new Random(1));

    assertThatThrownBy(() -> append(disk, 1)).hasMessageEndingWith("the file is gone");

    assertThat(file(directory)).doesNotExist();
    disk.close();
  }

  private static EncodedEntry large(long id) {
    byte[] content = new byte[10_000];
    new Random(id).nextBytes(content);
    return new EncodedEntry("node.registered", content, id, Kept.recipients(Kept.NUMBER));
  }

  private static boolean isWhole(Event large) {
    return Arrays.equals(large.content(), large(large.id()).content());
  }

  @Test
  void aPowerFailureWhileTheFileShrinksLosesNothing() throws IOException {
    int failed = 0;
    for (int seed = 0; seed < 25; seed++) {
      Random random = new Random(seed);
      Path home = directory.resolve("shrinks" + seed);
      Faults faults = new Faults();
      Disk before = open(home, faults);
      Map<Long, Change> left = new HashMap<>();
      for (long firstId = 1; firstId <= 800; firstId += 20) {
        List<EncodedEntry> group = new ArrayList<>();
        for (long id = firstId; id < firstId + 20; id++) {
          group.add(large(id));
          if (random.nextInt(20) == 0) {
            left.put(id, new Change.Keep(new Straggler(large(id).numbered(id), 1, id)));
          }
        }
        before.append(firstId, firstId + 19, addition(group, step(0, totals(firstId + 19))));
      }
      write(before, 800, step(700, left, totals(800, 700)));
      faults.failing(random.nextDouble() / 10, random);
      try {
        for (int i = random.nextInt(8); i > 0; i--) {
          before.compact();
        }
      } catch (DiskException expected) {
        failed++;
      }
      faults.powerFailure(random);
      before.close();

      Recovery found = find(home);

      assertThat(found.damage()).as("seed %d", seed).isNull();
      assertThat(state(found).totals()).isEqualTo(totals(800, 700));
      assertThat(state(found).waiting()).isEqualTo(100);
      Disk after = new Disk(found);
      assertThat(after.stragglers(Kept.ENDPOINT, left.keySet()).found())
          .extracting(Straggler::event)
          .allMatch(DiskTest::isWhole)
          .extracting(Event::id)
          .containsExactlyInAnyOrderElementsOf(left.keySet());
      List<Event> read = events(after, 700);
      assertThat(read).extracting(Event::id).isEqualTo(ids(701, 800));
      assertThat(read).allMatch(DiskTest::isWhole);
      after.close();
    }
    assertThat(failed).isPositive();
  }

  @Test
  void theFileShrinksAfterABacklogHasGone() throws IOException {
    Disk disk = open(directory, new Faults());
    Map<Long, Change> left = new HashMap<>();
    for (int group = 0; group < 100; group++) {
      long firstId = group * 500L + 1;
      disk.append(
          firstId,
          firstId + 499,
          addition(entries(firstId, firstId + 499), step(0, totals(firstId + 499))));
      left.put(firstId + 249, new Change.Keep(Kept.straggler(firstId + 249)));
    }
    long full = Files.size(file(directory));
    for (int group = 0; group < 100; group++) {
      write(disk, 50_000, step((group + 1) * 500L, left, totals(50_000)));
    }

    int turns = 0;
    while (disk.compact()) {
      turns++;
      assertThat(turns).isLessThan(100);
    }

    assertThat(full).isGreaterThan(4_500_000);
    assertThat(Files.size(file(directory))).isLessThanOrEqualTo(4 << 20);
    assertThat(read(disk)).isEmpty();
    assertThat(disk.stragglers(Kept.ENDPOINT, left.keySet()).found()).hasSize(100);
    disk.close();
  }

  @Test
  void aGroupIsWrittenOnceWhateverItsSize() throws IOException {
    Disk disk = open(directory, new Faults());
    long before = Files.size(file(directory));
    for (long group = 0; group < 50; group++) {
      long firstId = group * 20 + 1;
      List<EncodedEntry> large = ids(firstId, firstId + 19).stream().map(DiskTest::large).toList();
      disk.append(firstId, firstId + 19, addition(large, step(0, totals(firstId + 19))));
    }

    assertThat(Files.size(file(directory)) - before).isLessThan(50 * 20 * 10_000 * 12 / 10);
    disk.close();
  }

  @Test
  void eachEndpointHasAStateOfItsOwn() {
    Disk disk = open(directory, new Faults());
    Map<Long, Change> burial = Map.of(2L, new Change.Bury(Kept.letter(2)));
    JsonObject settings = new JsonObject().put("url", "http://x");
    Step fast = new Step("fast", 4, 3, List.of(), burial, totals(3, 2, 1), settings);
    Step slow = new Step("slow", 9, 1, List.of(3L), Map.of(), totals(3, 2), new JsonObject());
    List<EncodedEntry> both = ids(1, 3).stream().map(id -> Kept.entry(id, 4, 9)).toList();

    disk.append(1, 3, new Addition(both, new Counts(8, 7), List.of(fast, slow), 0));
    disk.close();

    Recovery found = find(directory);
    assertThat(found.opened().counts()).isEqualTo(new Counts(8, 7));
    State left = found.opened().endpoints().get("fast");
    assertThat(left.number()).isEqualTo(4);
    assertThat(left.waiting()).isZero();
    assertThat(left.letters()).containsExactly(2L);
    assertThat(left.settings()).isEqualTo(settings);
    State right = found.opened().endpoints().get("slow");
    assertThat(right.number()).isEqualTo(9);
    assertThat(right.cursor()).isEqualTo(1);
    assertThat(right.ahead()).containsExactly(3L);
    assertThat(right.waiting()).isEqualTo(1);
    assertThat(right.letters()).isEmpty();
    Disk again = new Disk(found);
    for (int number : new int[] {4, 9}) {
      assertThat(again.read(number, 0, 9).read().found())
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(events(1, 3));
    }
    again.close();
  }

  @Test
  void aGroupGoesWhenAllOfItIsBelowWhatIsNeeded() {
    Disk disk = open(directory, new Faults());
    disk.append(1, 3, addition(entries(1, 3)));
    disk.append(4, 6, addition(entries(4, 6)));
    Step step = step(6, totals(6, 6));

    disk.append(7, 6, new Addition(List.of(), new Counts(0, 0), List.of(step), 1));
    assertThat(read(disk)).as("whatever the cursors say").isEqualTo(ids(1, 6));

    disk.append(7, 6, new Addition(List.of(), new Counts(0, 0), List.of(), 4));
    assertThat(read(disk)).containsExactly(4L, 5L, 6L);

    disk.append(7, 6, new Addition(List.of(), new Counts(0, 0), List.of(), 6));
    assertThat(read(disk)).as("not all of it is below").containsExactly(4L, 5L, 6L);

    disk.append(7, 6, new Addition(List.of(), new Counts(0, 0), List.of(), 7));
    assertThat(read(disk)).isEmpty();
    disk.close();
  }

  @Test
  void nothingIsCutOfWhatIsKeptJustThen() {
    Disk disk = open(directory, new Faults());
    disk.append(1, 3, addition(entries(1, 3)));

    disk.append(4, 5, new Addition(entries(4, 5), new Counts(0, 0), List.of(), Long.MAX_VALUE));

    assertThat(read(disk)).containsExactly(4L, 5L);
    disk.close();
  }
}
