package dev.auditwebhook.journal.file;

import static dev.auditwebhook.journal.file.Kept.entries;
import static dev.auditwebhook.journal.file.Kept.entry;
import static dev.auditwebhook.journal.file.Kept.step;
import static dev.auditwebhook.journal.file.Kept.totals;
import static dev.auditwebhook.journal.file.OnDisk.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.journal.file.FaultyFiles.Faults;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups that are damaged while it runs. */
class DamagedGroupsTest {

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final Faults faults = new Faults();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void aGroupDamagedWhenHalfReadGivesUpNoNumberThatWasDropped() throws Exception {
    try (OpenEngine engine = new OpenEngine(vertx, directory, faults::name)) {
      List<EncodedEntry> entries = new ArrayList<>(entries(1, 4));
      for (int i = 0; i < 4; i++) {
        entries.add(null);
      }
      engine.append(entries, step(0, totals(8, 0, 0, 4)));
      engine.append(List.of(entry(9), entry(10)), step(0, totals(10, 0, 0, 4)));
      assertThat(engine.read(0, 2).found()).hasSize(2);
      faults.full(true);
      assertThatThrownBy(() -> engine.append(List.of())).isInstanceOf(NotKeptException.class);
      Kept.damage(file(directory), 3);
      faults.full(false);
      assertThat(engine.read(2, 1).damaged()).containsExactly(3L, 4L);
    }
  }

  @Test
  void aGroupDamagedBeforeItIsReadGivesUpNoNumberThatWasDropped() throws Exception {
    try (OpenEngine engine = new OpenEngine(vertx, directory, faults::name)) {
      List<EncodedEntry> entries = new ArrayList<>(entries(1, 4));
      for (int i = 0; i < 4; i++) {
        entries.add(null);
      }
      engine.append(entries, step(0, totals(8, 0, 0, 4)));
      faults.full(true);
      assertThatThrownBy(() -> engine.append(List.of())).isInstanceOf(NotKeptException.class);
      Kept.damage(file(directory), 3);
      faults.full(false);
      assertThat(engine.read(0, 10).damaged()).containsExactly(1L, 2L, 3L, 4L);
      engine.append(List.of(entry(9)), step(0, totals(9, 0, 4, 4)));
      assertThat(engine.read(4, 10).damaged()).isEmpty();
    }
  }
}
