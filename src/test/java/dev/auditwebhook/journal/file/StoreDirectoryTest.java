package dev.auditwebhook.journal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class StoreDirectoryTest {

  private static final long NOW = 1_767_258_000_000L;

  @TempDir Path parent;

  private Path directory() {
    return parent.resolve("a/b/data");
  }

  private static void permit(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void itIsMadeForItsOwnerOnly() throws IOException {
    StoreDirectory made = new StoreDirectory(directory().toString());

    assertThat(permissions(directory())).isEqualTo("rwx------");
    assertThat(permissions(made.newFile())).isEqualTo("rw-------");
    assertThat(permissions(made.lockFile())).isEqualTo("rw-------");
    made.adoptNewFile();
    assertThat(made.hasFile()).isTrue();
  }

  @Test
  void filesThatWereOpenToOthersAreClosed() throws IOException {
    new StoreDirectory(directory().toString()).file();
    permit(directory(), "rwxr-xr-x");
    permit(directory().resolve("events.mv"), "rw-r--r--");

    new StoreDirectory(directory().toString()).file();

    assertThat(permissions(directory())).isEqualTo("rwx------");
    assertThat(permissions(directory().resolve("events.mv"))).isEqualTo("rw-------");
  }

  @Test
  void aDirectoryWithFilesOfOthersIsLeftOpenAndItsOwnFilesAreNot() throws IOException {
    Files.createDirectories(directory());
    permit(directory(), "rwxr-xr-x");
    Files.createFile(directory().resolve("notes.txt"));

    Path file = new StoreDirectory(directory().toString()).file();

    assertThat(permissions(directory())).isEqualTo("rwxr-xr-x");
    assertThat(permissions(file)).isEqualTo("rw-------");
  }

  @Test
  void aFileInTheWayIsNamed() throws IOException {
    Files.createDirectories(directory().resolve("events.mv"));

    assertThatThrownBy(() -> new StoreDirectory(directory().toString()).file())
        .isInstanceOf(DiskException.class)
        .hasMessage(directory().resolve("events.mv") + " is not a file");
  }

  @Test
  void whatIsSetAsideKeepsItsContentAndGetsANameOfItsOwn() throws IOException {
    StoreDirectory made = new StoreDirectory(directory().toString());
    for (int i = 0; i < 3; i++) {
      Files.writeString(made.file(), "damaged " + i);

      assertThat(Files.readString(made.setAside(NOW))).isEqualTo("damaged " + i);
    }
    try (var files = Files.list(directory())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "events.mv.damaged-20260101T090000Z",
              "events.mv.damaged-20260101T090000Z-2",
              "events.mv.damaged-20260101T090000Z-3");
    }
  }
}
