package dev.auditwebhook.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.store.FaultyFiles.Faults;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One file: what a start finds in it, whatever has happened to it. */
class DiskTest {

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("events.mv");
  }

  private RecoveredDisk open() {
    return RecoveredDisk.open(directory.toString(), Path::toString);
  }

  static PendingEvent event(long id) {
    String body = "{\"event_id\":" + id + ",\"action\":\"node.registered\"}";
    return new PendingEvent(
        id, "node.registered", body.getBytes(StandardCharsets.UTF_8), 0, 1_000 + id);
  }

  static Change.Add add(long id) {
    return new Change.Add(event(id), true, Promise.promise());
  }

  private static String totals(long n) {
    return "{\"RECEIVED\":" + n + "}";
  }

  private static IntFunction<String> counts(long n) {
    return damaged -> totals(n);
  }

  private void write(int events) {
    Disk disk = RecoveredDisk.open(directory.toString(), new Faults()::name).disk();
    for (int i = 1; i <= events; i++) {
      disk.write(List.of(add(i)), counts(i), null);
    }
    disk.close();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void whatWasWrittenIsThereAfterReopening() {
    RecoveredDisk first = open();
    DeadLetter letter = new DeadLetter(event(3).waiting(3, 7), 503, "503", "sorry", "2026");
    first
        .disk()
        .write(List.of(add(1), add(2), add(3), new Change.Bury(letter)), counts(3), "{\"a\":1}");
    first.disk().write(List.of(new Change.Update(event(2).waiting(2, 9))), counts(4), null);
    first.disk().close();

    RecoveredDisk again = open();

    assertThat(again.damage()).isNull();
    assertThat(again.messageIdPrefix())
        .isEqualTo(first.messageIdPrefix())
        .matches("msg_[0-9a-f]{32}_");
    assertThat(again.pending()).isEqualTo(2);
    assertThat(again.deadLetterIds()).containsExactly(3L);
    assertThat(again.totals()).isEqualTo(totals(4));
    assertThat(again.settings()).isEqualTo("{\"a\":1}");
    assertThat(again.disk().read(List.of(), 0, 10).events())
        .containsExactly(event(1), event(2).waiting(2, 9));
    assertThat(again.disk().read(List.of(2L), 2, 10).events())
        .containsExactly(event(2).waiting(2, 9));
    assertThat(again.disk().deadLetters(List.of(1L, 3L), Map.of(), new Reading(9, 9_999)))
        .containsExactly(letter);
    again.disk().close();
  }

  @Test
  void theFilesAreTheirOwnersOnly() throws IOException {
    write(1);

    for (Path file : files()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .as(file.toString())
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aDirectoryThatIsInUseIsRefusedAndItsUserUndisturbed() {
    RecoveredDisk first = open();

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(this::open)
          .isInstanceOf(DiskException.class)
          .hasMessage(directory + " is in use by another webhook of this process");
    }

    first.disk().write(List.of(add(1)), counts(1), null);
    first.disk().close();
    RecoveredDisk again = open();
    assertThat(again.pending()).isEqualTo(1);
    again.disk().close();
  }

  @Test
  void anotherFormatIsRefusedAndTheFileLeftAsItIs() throws IOException {
    write(1);
    try (MVStore store = MVStore.open(file().toString())) {
      MVMap<String, byte[]> facts =
          store.openMap(
              "facts",
              new MVMap.Builder<String, byte[]>()
                  .keyType(StringDataType.INSTANCE)
                  .valueType(ByteArrayDataType.INSTANCE));
      facts.put("format", Records.of("2".getBytes()));
    }
    byte[] before = Files.readAllBytes(file());

    assertThatThrownBy(this::open)
        .isInstanceOf(DiskException.class)
        .hasMessage(file() + " has format 2, and this version reads format 1");

    assertThat(Files.readAllBytes(file())).isEqualTo(before);
    assertThat(files()).hasSize(2);
  }

  @Test
  void aFileOfAnotherProgramIsRefusedAndLeftAsItIs() throws IOException {
    try (MVStore store = MVStore.open(file().toString())) {
      store.openMap("addresses").put("mara", "x");
    }
    byte[] before = Files.readAllBytes(file());

    assertThatThrownBy(this::open)
        .isInstanceOf(DiskException.class)
        .hasMessage(file() + " is not the file of a webhook");

    assertThat(Files.readAllBytes(file())).isEqualTo(before);
  }

  @Test
  void aTornLastWriteCostsNothingThatWasSynced() throws IOException {
    write(20);
    byte[] whole = Files.readAllBytes(file());
    for (int torn = 1; torn < 3 * 4096; torn += 97) {
      try (RandomAccessFile tail = new RandomAccessFile(file().toFile(), "rw")) {
        tail.setLength(whole.length);
        tail.write(whole);
        byte[] half = new byte[torn];
        new Random(torn).nextBytes(half);
        tail.write(half);
      }
      RecoveredDisk found = open();
      assertThat(found.damage()).as("%d bytes after the end", torn).isNull();
      assertThat(found.pending()).isEqualTo(20);
      assertThat(found.totals()).isEqualTo(totals(20));
      found.disk().close();
    }
  }

  @Test
  void aPowerFailureLosesAtMostTheWriteThatWasNotDone() throws IOException {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      Path home = directory.resolve("power" + seed);
      Faults faults = new Faults();
      RecoveredDisk before = RecoveredDisk.open(home.toString(), faults::name);
      int done = 0;
      int tried = 0;
      try {
        int fails = random.nextInt(100, 400);
        for (; tried < 200; tried++) {
          if (tried * 2 > fails) {
            faults.failing(0.2, random);
          }
          List<Change> changes = new ArrayList<>();
          changes.add(add(tried + 1));
          if (tried >= 30) {
            changes.add(new Change.Remove(tried - 29));
          }
          before.disk().write(changes, counts(tried + 1), null);
          done = tried + 1;
        }
      } catch (DiskException expected) {
        tried++;
      }
      faults.powerFailure(random);
      before.disk().close();

      RecoveredDisk after = RecoveredDisk.open(home.toString(), Path::toString);

      assertThat(after.damage()).as("seed %d", seed).isNull();
      String found = after.totals();
      assertThat(List.of(totals(done), totals(tried))).as("seed %d", seed).contains(found);
      int reached = found.equals(totals(done)) ? done : tried;
      List<Long> ids =
          after.disk().read(List.of(), 0, 1_000).events().stream().map(PendingEvent::id).toList();
      assertThat(ids).hasSize(Math.min(30, reached));
      assertThat(ids).last().isEqualTo((long) reached);
      after.disk().close();
    }
  }

  @Test
  void aDamagedFileIsSetAsideAndANewOneBegun() throws IOException {
    write(200);
    byte[] whole = Files.readAllBytes(file());
    byte[] lock = Files.readAllBytes(directory.resolve("events.lock"));
    Random random = new Random(7);
    int damaged = 0;
    for (int i = 0; i < 60; i++) {
      Files.write(directory.resolve("events.lock"), lock);
      byte[] bytes = whole.clone();
      int from = random.nextInt(bytes.length - 600);
      for (int at = from; at < from + 600; at++) {
        bytes[at] = (byte) random.nextInt();
      }
      Files.write(file(), bytes);
      RecoveredDisk found = open();
      if (found.damage() == null) {
        assertThat(found.totals())
            .as("damage at %d is told or does not matter", from)
            .isEqualTo(totals(200));
        assertThat(found.pending() + found.damagedEventIds().size()).isEqualTo(200);
        Waiting read = found.disk().read(List.of(), 0, 1_000);
        assertThat(read.events()).hasSize((int) found.pending());
        assertThat(read.damaged()).isEqualTo(found.damagedEventIds());
      } else {
        damaged++;
        assertThat(found.pending()).isZero();
        Path aside = Path.of(found.damage().replaceFirst(".* kept as ", ""));
        assertThat(aside.getFileName().toString())
            .matches("events\\.mv\\.damaged-\\d{8}T\\d{6}Z(-\\d+)?");
        assertThat(aside).isNotEmptyFile();
      }
      found.disk().close();
    }
    assertThat(damaged).isPositive();
  }

  @Test
  void aStartThatDiedAfterItSetAFileAsideIsMadeUpForByTheNext() throws IOException {
    write(3);
    StoreDirectory started = new StoreDirectory(directory.toString());
    started.setAside();
    Files.write(started.file(), new byte[0]);
    Path last = started.setAside();

    RecoveredDisk found = open();

    assertThat(found.damage())
        .isEqualTo("the store was damaged and is begun anew; the damaged file is kept as " + last);
    found.disk().close();
    RecoveredDisk again = open();
    assertThat(again.damage()).isNull();
    again.disk().close();
  }

  @Test
  void aFileThatLostItsEndIsDamaged() throws IOException {
    write(200);
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(whole, whole.length / 2));

    RecoveredDisk found = open();

    assertThat(found.damage()).contains("begun anew");
    found.disk().close();
  }

  @Test
  void aFileWithoutContentIsDamaged() throws IOException {
    write(3);
    Files.write(file(), new byte[0]);

    RecoveredDisk found = open();

    assertThat(found.damage()).contains("begun anew");
    found.disk().close();
  }

  @Test
  void aFirstStartThatDiedHalfwayIsNoDamage() throws IOException {
    Files.write(directory.resolve("events.new"), new byte[] {1, 2, 3});

    RecoveredDisk found = open();

    assertThat(found.damage()).isNull();
    assertThat(directory.resolve("events.new")).doesNotExist();
    found.disk().close();
  }

  @Test
  void aFailureToReadAtTheStartIsNoDamage() {
    Faults faults = new Faults();
    RecoveredDisk.open(directory.toString(), faults::name).disk().close();
    faults.failing(1, new Random(1));

    assertThatThrownBy(() -> RecoveredDisk.open(directory.toString(), faults::name))
        .isInstanceOf(DiskException.class)
        .hasMessageContaining("cannot be read: I/O error at read");

    assertThat(file()).exists();
    faults.failing(0, new Random(1));
    RecoveredDisk again = RecoveredDisk.open(directory.toString(), faults::name);
    assertThat(again.damage()).isNull();
    again.disk().close();
  }

  @Test
  void aWriteThatFailsCountsForNothingAndTheNextOneGoesOn() {
    Faults faults = new Faults();
    RecoveredDisk found = RecoveredDisk.open(directory.toString(), faults::name);
    found.disk().write(List.of(add(1)), counts(1), null);
    faults.room(0);

    assertThatThrownBy(() -> found.disk().write(List.of(add(2)), counts(2), null))
        .isInstanceOf(DiskException.class)
        .hasMessageEndingWith("events.mv cannot be written to: No space left on device");

    assertThat(found.disk().read(List.of(), 0, 10).events()).containsExactly(event(1));
    faults.room(Long.MAX_VALUE);
    found.disk().write(List.of(add(3)), counts(3), null);
    assertThat(found.disk().read(List.of(), 0, 10).events()).containsExactly(event(1), event(3));
    found.disk().close();
  }

  @Test
  void whatASyncThatFailedDidNotWriteIsWrittenAgain() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      Path home = directory.resolve("sync" + seed);
      Faults faults = new Faults();
      Disk before = RecoveredDisk.open(home.toString(), faults::name).disk();
      List<PendingEvent> kept = new ArrayList<>();
      for (long id = 1; id <= 60; id++) {
        faults.unsyncable(random.nextInt(4) == 0);
        try {
          before.write(List.of(add(id)), counts(0), null);
          kept.add(event(id));
        } catch (DiskException expected) {
          faults.unsyncable(false);
          if (random.nextBoolean()) {
            before.close();
            before = RecoveredDisk.open(home.toString(), faults::name).disk();
          }
          before.write(List.of(new Change.Remove(id)), counts(0), null);
        }
      }
      faults.powerFailure(random);
      before.close();

      RecoveredDisk after = RecoveredDisk.open(home.toString(), Path::toString);

      assertThat(after.damage()).as("seed %d", seed).isNull();
      assertThat(after.disk().read(List.of(), 0, 100).events()).isEqualTo(kept);
      after.disk().close();
    }
  }

  @Test
  void aStartSendsNothingThatItCannotSync() {
    Faults faults = new Faults();
    Disk before = RecoveredDisk.open(directory.toString(), faults::name).disk();
    before.write(List.of(add(1)), counts(1), null);
    faults.unsyncable(true);
    assertThatThrownBy(() -> before.write(List.of(add(2)), counts(2), null))
        .hasMessageEndingWith("cannot be written to: I/O error at sync");
    before.close();

    assertThatThrownBy(() -> RecoveredDisk.open(directory.toString(), faults::name))
        .isInstanceOf(DiskException.class)
        .hasMessageEndingWith("events.mv cannot be written to: I/O error at sync");

    faults.unsyncable(false);
    RecoveredDisk after = RecoveredDisk.open(directory.toString(), faults::name);
    assertThat(after.damage()).isNull();
    assertThat(after.disk().read(List.of(), 0, 10).events()).startsWith(event(1));
    after.disk().close();
  }

  @Test
  void aFileThatIsGoneIsNotBegunAnewWhileRunning() throws IOException {
    Faults faults = new Faults();
    RecoveredDisk found = RecoveredDisk.open(directory.toString(), faults::name);
    Files.delete(file());
    faults.failing(1, new Random(1));
    assertThatThrownBy(() -> found.disk().write(List.of(add(1)), counts(1), null))
        .isInstanceOf(DiskException.class);
    faults.failing(0, new Random(1));

    assertThatThrownBy(() -> found.disk().write(List.of(add(1)), counts(1), null))
        .hasMessageEndingWith("the file is gone");

    assertThat(file()).doesNotExist();
    found.disk().close();
  }

  @Test
  void aPowerFailureWhileTheFileShrinksLosesNothing() throws IOException {
    int failed = 0;
    for (int seed = 0; seed < 25; seed++) {
      Random random = new Random(seed);
      Path home = directory.resolve("shrinks" + seed);
      Faults faults = new Faults();
      Disk before = RecoveredDisk.open(home.toString(), faults::name).disk();
      for (int batch = 0; batch < 40; batch++) {
        List<Change> changes = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
          changes.add(new Change.Add(large(batch * 20 + i), true, Promise.promise()));
        }
        before.write(changes, counts(0), null);
      }
      List<Long> left = new ArrayList<>();
      List<Change> removals = new ArrayList<>();
      for (long id = 1; id <= 800; id++) {
        if (random.nextInt(20) == 0) {
          left.add(id);
        } else {
          removals.add(new Change.Remove(id));
        }
      }
      before.write(removals, counts(800 - left.size()), null);
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

      RecoveredDisk after = RecoveredDisk.open(home.toString(), Path::toString);

      assertThat(after.damage()).as("seed %d", seed).isNull();
      assertThat(after.totals()).isEqualTo(totals(800 - left.size()));
      assertThat(after.disk().read(List.of(), 0, 1_000).events())
          .containsExactlyElementsOf(left.stream().map(DiskTest::large).toList());
      after.disk().close();
    }
    assertThat(failed).isPositive();
  }

  private static PendingEvent large(long id) {
    byte[] body = new byte[10_000];
    new Random(id).nextBytes(body);
    return new PendingEvent(id, "node.registered", body, 0, id);
  }

  @Test
  void theFileShrinksAfterABacklogHasGone() throws IOException {
    Disk disk = RecoveredDisk.open(directory.toString(), new Faults()::name).disk();
    for (int batch = 0; batch < 100; batch++) {
      List<Change> changes = new ArrayList<>();
      for (int i = 1; i <= 500; i++) {
        changes.add(add(batch * 500 + i));
      }
      disk.write(changes, counts(0), null);
    }
    long full = Files.size(file());
    for (int batch = 0; batch < 100; batch++) {
      List<Change> changes = new ArrayList<>();
      for (int i = 1; i <= 500; i++) {
        if (i != 250) {
          changes.add(new Change.Remove(batch * 500 + i));
        }
      }
      disk.write(changes, counts(0), null);
    }

    int turns = 0;
    while (disk.compact()) {
      turns++;
      assertThat(turns).isLessThan(100);
    }

    assertThat(full).isGreaterThan(5_000_000);
    assertThat(Files.size(file())).isLessThanOrEqualTo(4 << 20);
    assertThat(disk.read(List.of(), 0, 1_000).events()).hasSize(100);
    disk.close();
  }
}
