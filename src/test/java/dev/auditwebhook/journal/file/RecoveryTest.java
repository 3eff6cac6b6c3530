package dev.auditwebhook.journal.file;

import static dev.auditwebhook.journal.file.Kept.ids;
import static dev.auditwebhook.journal.file.Kept.step;
import static dev.auditwebhook.journal.file.Kept.totals;
import static dev.auditwebhook.journal.file.OnDisk.NOW;
import static dev.auditwebhook.journal.file.OnDisk.append;
import static dev.auditwebhook.journal.file.OnDisk.file;
import static dev.auditwebhook.journal.file.OnDisk.find;
import static dev.auditwebhook.journal.file.OnDisk.open;
import static dev.auditwebhook.journal.file.OnDisk.read;
import static dev.auditwebhook.journal.file.OnDisk.state;
import static dev.auditwebhook.journal.file.OnDisk.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.journal.file.FaultyFiles.Faults;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a start finds in a directory, whatever has happened to it. */
class RecoveryTest {

  @TempDir Path directory;

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void theFilesAreTheirOwnersOnly() throws IOException {
    write(directory, 1);

    for (Path file : files()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .as(file.toString())
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aDirectoryThatIsInUseIsRefusedAndItsUserUndisturbed() {
    Disk first = open(directory, new Faults());

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> find(directory))
          .isInstanceOf(DiskException.class)
          .hasMessage(directory + " is in use by another webhook of this process");
    }

    append(first, 1, step(0, totals(1)));
    first.close();
    Recovery again = find(directory);
    assertThat(again.pending()).isEqualTo(1);
    again.file().close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void aFormerFormatIsRefusedAndTheFileLeftAsItIs(String format) throws IOException {
    write(directory, 1);
    try (MVStore store = MVStore.open(file(directory).toString())) {
      OnDisk.facts(store).put("format", Records.of(format));
    }
    byte[] before = Files.readAllBytes(file(directory));

    assertThatThrownBy(() -> find(directory))
        .isInstanceOf(DiskException.class)
        .hasMessage(
            file(directory) + " has format " + format + ", and this version reads format 3");

    assertThat(Files.readAllBytes(file(directory))).isEqualTo(before);
    assertThat(files()).hasSize(2);
  }

  @Test
  void aFileOfAnotherProgramIsRefusedAndLeftAsItIs() throws IOException {
    try (MVStore store = MVStore.open(file(directory).toString())) {
      store.openMap("addresses").put("mara", "x");
    }
    byte[] before = Files.readAllBytes(file(directory));

    assertThatThrownBy(() -> find(directory))
        .isInstanceOf(DiskException.class)
        .hasMessage(file(directory) + " is not the file of a webhook");

    assertThat(Files.readAllBytes(file(directory))).isEqualTo(before);
  }

  @Test
  void aTornLastWriteCostsNothingThatWasSynced() throws IOException {
    write(directory, 20);
    byte[] whole = Files.readAllBytes(file(directory));
    for (int torn = 1; torn < 3 * 4096; torn += 97) {
      try (RandomAccessFile tail = new RandomAccessFile(file(directory).toFile(), "rw")) {
        tail.setLength(whole.length);
        tail.write(whole);
        byte[] half = new byte[torn];
        new Random(torn).nextBytes(half);
        tail.write(half);
      }
      Recovery found = find(directory);
      assertThat(found.damage()).as("%d bytes after the end", torn).isNull();
      assertThat(state(found).waiting()).isEqualTo(20);
      assertThat(state(found).totals()).isEqualTo(totals(20));
      found.file().close();
    }
  }

  @Test
  void aDamagedFileIsSetAsideAndANewOneBegun() throws IOException {
    write(directory, 200);
    byte[] whole = Files.readAllBytes(file(directory));
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
      Files.write(file(directory), bytes);
      Recovery found = find(directory);
      Disk disk = new Disk(found);
      if (found.damage() == null) {
        State state = state(found);
        assertThat(state.totals())
            .as("damage at %d is told or does not matter", from)
            .isEqualTo(totals(200));
        assertThat(state.waiting() + state.damaged().size()).isEqualTo(200);
        List<Long> read = new ArrayList<>(read(disk));
        assertThat(read).hasSize((int) state.waiting());
        read.addAll(state.damaged());
        assertThat(read).containsExactlyInAnyOrderElementsOf(ids(1, 200));
      } else {
        damaged++;
        assertThat(found.pending()).isZero();
        Path aside = Path.of(found.damage().replaceFirst(".* kept as ", ""));
        assertThat(aside.getFileName().toString())
            .matches("events\\.mv\\.damaged-20260101T090000Z(-\\d+)?");
        assertThat(aside).isNotEmptyFile();
      }
      disk.close();
    }
    assertThat(damaged).isPositive();
  }

  @Test
  void aStartThatDiedAfterItSetAFileAsideIsMadeUpForByTheNext() throws IOException {
    write(directory, 3);
    StoreDirectory started = new StoreDirectory(directory.toString());
    started.setAside(NOW);
    Files.write(started.file(), new byte[0]);
    Path last = started.setAside(NOW);

    Recovery found = find(directory);

    assertThat(found.damage())
        .isEqualTo("the store was damaged and is begun anew; the damaged file is kept as " + last);
    found.file().close();
    Recovery again = find(directory);
    assertThat(again.damage()).isNull();
    again.file().close();
  }

  @Test
  void aFileThatLostItsEndIsDamaged() throws IOException {
    write(directory, 200);
    byte[] whole = Files.readAllBytes(file(directory));
    Files.write(file(directory), Arrays.copyOf(whole, whole.length / 2));

    Recovery found = find(directory);

    assertThat(found.damage()).contains("begun anew");
    found.file().close();
  }

  @Test
  void aFileWithoutContentIsDamaged() throws IOException {
    write(directory, 3);
    Files.write(file(directory), new byte[0]);

    Recovery found = find(directory);

    assertThat(found.damage()).contains("begun anew");
    found.file().close();
  }

  @Test
  void aFirstStartThatDiedHalfwayIsNoDamage() throws IOException {
    Files.write(directory.resolve("events.new"), new byte[] {1, 2, 3});

    Recovery found = find(directory);

    assertThat(found.damage()).isNull();
    assertThat(directory.resolve("events.new")).doesNotExist();
    found.file().close();
  }

  @Test
  void aFailureToReadAtTheStartIsNoDamage() {
    Faults faults = new Faults();
    open(directory, faults).close();
    faults.failing(1, new Random(1));

    assertThatThrownBy(() -> open(directory, faults))
        .isInstanceOf(DiskException.class)
        .hasMessageContaining("cannot be read: I/O error at read");

    assertThat(file(directory)).exists();
    faults.failing(0, new Random(1));
    Recovery again = find(directory, faults);
    assertThat(again.damage()).isNull();
    again.file().close();
  }

  @Test
  void aStartSendsNothingThatItCannotSync() {
    Faults faults = new Faults();
    Disk before = open(directory, faults);
    append(before, 1, step(0, totals(1)));
    faults.unsyncable(true);
    assertThatThrownBy(() -> append(before, 2, step(0, totals(2))))
        .hasMessageEndingWith("cannot be written to: I/O error at sync");
    before.close();

    assertThatThrownBy(() -> open(directory, faults))
        .isInstanceOf(DiskException.class)
        .hasMessageEndingWith("events.mv cannot be written to: I/O error at sync");

    faults.unsyncable(false);
    Recovery found = find(directory, faults);
    assertThat(found.damage()).isNull();
    Disk after = new Disk(found);
    assertThat(read(after)).startsWith(1L);
    after.close();
  }

  @Test
  void readsThatFailWhileItIsOpenedDestroyNothing() {
    Faults faults = new Faults();
    Disk disk = open(directory, faults);
    int kept = 0;
    for (int seed = 0; seed < 200; seed++) {
      append(disk, ++kept, step(Math.max(0, kept - 20), totals(kept)));
      disk.close();
      faults.failing(0.1, new Random(seed));
      try {
        open(directory, faults).close();
      } catch (DiskException expected) {
        assertThat(expected).hasMessageContaining("I/O error");
      }
      faults.failing(0, new Random(seed));
      Recovery found = find(directory, faults);
      assertThat(found.damage()).as("seed %d", seed).isNull();
      assertThat(found.pending()).as("seed %d", seed).isEqualTo(Math.min(20, kept));
      disk = new Disk(found);
    }
    disk.close();
  }
}
