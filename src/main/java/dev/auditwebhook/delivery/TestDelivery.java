package dev.auditwebhook.delivery;

import dev.auditwebhook.security.UrlPolicy.Endpoint;
import dev.auditwebhook.store.PendingEvent;
import io.vertx.core.Future;
import java.util.List;

/** Sends one {@code webhook.test} event now, past queue and circuit, counted nowhere. */
final class TestDelivery {

  private final MessageIds ids;
  private final Batching batching;
  private final Sender sender;
  private boolean running;

  TestDelivery(MessageIds ids, Batching batching, Sender sender) {
    this.ids = ids;
    this.batching = batching;
    this.sender = sender;
  }

  boolean isRunning() {
    return running;
  }

  Future<Answer> send(Endpoint endpoint) {
    String id = ids.fresh("test");
    long now = System.currentTimeMillis();
    PendingEvent event =
        new PendingEvent(0, "webhook.test", Entry.test(new TimeText().text(now)).body(), 0, now);
    byte[] body = batching.isOn() ? Batch.bodyOf(List.of(event)) : event.body();
    running = true;
    return sender.sendApart(endpoint, id, body).onComplete(answer -> running = false);
  }
}
