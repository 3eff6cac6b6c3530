package dev.auditwebhook.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.testing.Endpoints;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedEngine;
import dev.auditwebhook.testing.SettableClock;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AcceptanceTest {

  private final Vertx vertx = Vertx.vertx();
  private final SettableClock clock = new SettableClock();
  private final ScriptedEngine engine = new ScriptedEngine();
  private final Journal journal = Journal.open(engine, clock).result();
  private final WebhookOptions options =
      new WebhookOptions()
          .setUrl(Endpoints.URL)
          .setActions(List.of("user.*"))
          .setQueueCapacity(2)
          .setMaxEntryBytes(100);
  private final Endpoint endpoint = Endpoints.paused(vertx, clock, options, journal, "default");
  private final Acceptance acceptance = new Acceptance(clock, journal, options.getMaxEntryBytes());
  private final List<Accepted> replies = new ArrayList<>();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private static JsonObject entry(String action) {
    return new JsonObject().put("action", action);
  }

  private void accept(Object entry) {
    acceptance.accept(entry, replies::add);
  }

  private long reported(String key) {
    return endpoint.report(0).result().getLong(key);
  }

  @Test
  void anEntryThatIsWantedIsQueued() {
    accept(entry("user.login"));
    clock.turn();
    assertThat(replies).containsExactly(Accepted.queued(1));
    assertThat(replies.get(0).toJson().encode())
        .isEqualTo("{\"type\":\"audit_entry_ok\",\"event_id\":1,\"status\":\"queued\"}");
    assertThat(reported("pending")).isEqualTo(1);
    assertThat(engine.appends().get(engine.appends().size() - 1).entries())
        .singleElement()
        .satisfies(kept -> assertThat(kept.acceptedAt()).isEqualTo(clock.now()));
  }

  @Test
  void whatIsNotWantedIsDiscardedAtOnceAndTakesNoNumber() {
    accept(entry("node.registered").put("details", "x".repeat(1_000)));
    assertThat(replies).containsExactly(Accepted.DISCARDED);
    assertThat(replies.get(0).toJson().encode())
        .isEqualTo("{\"type\":\"audit_entry_ok\",\"status\":\"discarded\"}");
    assertThat(reported("received")).isEqualTo(1);
    assertThat(reported("discarded")).isEqualTo(1);

    accept(entry("user.login"));
    clock.turn();
    assertThat(replies.get(1)).isEqualTo(Accepted.queued(1));
  }

  @Test
  void whatThereIsNoRoomForIsDroppedWhateverItsSizeAndTakesANumber() {
    accept(entry("user.login"));
    accept(entry("user.login"));
    accept(entry("user.logout").put("details", "x".repeat(1_000)));
    clock.turn();
    assertThat(replies)
        .containsExactly(Accepted.queued(1), Accepted.queued(2), Accepted.dropped(3));
    assertThat(reported("received")).isEqualTo(3);
    assertThat(reported("dropped")).isEqualTo(1);
    assertThat(reported("pending")).isEqualTo(2);
    assertThat(engine.journal()).containsExactly(1L, 2L);
  }

  @Test
  void whileNothingCanBeKeptAllIsDropped() {
    engine.failAppends("No space left on device");
    accept(entry("user.login"));
    clock.turn();
    accept(entry("user.login"));
    assertThat(replies).containsExactly(Accepted.dropped(1), Accepted.dropped(2));
    assertThat(reported("dropped")).isEqualTo(2);
    assertThat(reported("pending")).isZero();
  }

  @Test
  void whatIsNotValidIsRejectedAndCountedApart() {
    List<Object> invalid =
        List.of(
            "text",
            new JsonObject(),
            entry(""),
            entry("user.login").put("timestamp", "yesterday"),
            entry("user.login").put("details", "x".repeat(100)));
    try (LogLines log = new LogLines()) {
      for (Object each : invalid) {
        assertThatThrownBy(() -> accept(each))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageNotContaining("\n");
      }
      assertThat(log.all()).singleElement().asString().startsWith("WARN Entry rejected: ");
      acceptance.close();
      assertThat(log.all().get(1)).startsWith("WARN 4 entries rejected, the last one: an entry");
    }
    assertThat(replies).isEmpty();
    assertThat(journal.rejected()).isEqualTo(5);
    assertThat(reported("received")).isZero();
    clock.turn();
    assertThat(engine.journal()).isEmpty();
  }
}
