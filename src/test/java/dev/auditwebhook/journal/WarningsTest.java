package dev.auditwebhook.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.delivery.Warnings.Times;
import dev.auditwebhook.testing.Turn;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WarningsTest {

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final List<Times<String>> lines = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private void add(Warnings<String> warnings, String... details) {
    Turn.of(
            context,
            () -> {
              List.of(details).forEach(warnings::add);
              return null;
            })
        .await();
  }

  @Test
  void theFirstTimeIsALineAtOnceAndTheRestOneLineAtTheEndOfTheInterval() {
    Warnings<String> warnings = new Warnings<>(vertx, 200, lines::add);

    add(warnings, "a", "b", "c", "d");
    assertThat(lines).containsExactly(new Times<>(1, "a", "a"));

    await().until(() -> lines.size() == 2);
    assertThat(lines.get(1)).isEqualTo(new Times<>(3, "b", "d"));
  }

  @Test
  void afterAQuietIntervalTheNextTimeIsALineAtOnce() {
    Warnings<String> warnings = new Warnings<>(vertx, 1, lines::add);

    await()
        .until(
            () -> {
              add(warnings, "a");
              return lines.size() >= 3;
            });

    assertThat(lines).allMatch(times -> times.count() >= 1 && times.first().equals("a"));
  }

  @Test
  void whatIsLeftIsALineAtTheEndAndTheEndMayComeTwice() {
    Warnings<String> warnings = new Warnings<>(vertx, 60_000, lines::add);
    add(warnings, "a", "b", "c");

    Turn.of(
            context,
            () -> {
              warnings.close();
              warnings.close();
              return null;
            })
        .await();

    assertThat(lines).containsExactly(new Times<>(1, "a", "a"), new Times<>(2, "b", "c"));
  }
}
