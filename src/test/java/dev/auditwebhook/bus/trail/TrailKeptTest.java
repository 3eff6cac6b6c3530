package dev.auditwebhook.bus.trail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.AuditEvent;
import dev.auditwebhook.journal.NotKeptException;
import dev.auditwebhook.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the trail says of changes that were kept, may be lost, or were refused. */
class TrailKeptTest {

  private static final Author OPS = new Author("ops", "10.0.0.5");

  private final List<AuditEvent> entries = new ArrayList<>();
  private final Trail trail = new Trail(Metrics.NONE, entries::add);
  private final Deed redrive = Deed.of("redrive", "default", new JsonObject().put("url", ""));

  private JsonObject noted(Future<Integer> done) {
    trail.note(OPS, redrive, done, redriven -> new JsonObject().put("redriven", redriven));
    assertThat(entries).hasSize(1);
    assertThat(entries.get(0).action()).isEqualTo("webhook.admin.redrive");
    return (JsonObject) entries.get(0).details();
  }

  @Test
  void whatIsKeptHasItsOutcome() {
    JsonObject details = noted(Future.succeededFuture(2));
    assertThat(details.getValue("redriven")).isEqualTo(2);
    assertThat(details.containsKey("kept")).isFalse();
  }

  @Test
  void whatMayBeLostSaysSo() {
    JsonObject details =
        noted(Future.failedFuture(new NotKeptException("the disk is full", 1, null)));
    assertThat(details.getValue("kept")).isEqualTo(false);
    assertThat(redrive.line(OPS, new JsonObject().put("kept", false)))
        .isEqualTo("Trail: redrive by ops from 10.0.0.5: endpoint default, kept false");
  }

  @Test
  void whatIsRefusedLeavesNone() {
    trail.note(OPS, redrive, Future.<Integer>failedFuture("no"), redriven -> new JsonObject());
    assertThat(entries).isEmpty();
  }
}
