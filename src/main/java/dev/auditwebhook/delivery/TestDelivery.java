package dev.auditwebhook.delivery;

import dev.auditwebhook.security.UrlPolicy.Endpoint;
import dev.auditwebhook.store.Store;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Sends one {@code webhook.test} event now, past queue and circuit, counted nowhere. */
final class TestDelivery {

  private final Store store;
  private final RequestHeaders headers;
  private final Sender sender;
  private boolean running;

  TestDelivery(Store store, RequestHeaders headers, Sender sender) {
    this.store = store;
    this.headers = headers;
    this.sender = sender;
  }

  boolean isRunning() {
    return running;
  }

  Future<Answer> send(Endpoint endpoint) {
    byte[] bits = new byte[8];
    ThreadLocalRandom.current().nextBytes(bits);
    String id = store.messageIdPrefix() + "test_" + HexFormat.of().formatHex(bits);
    Buffer body = Entry.test().body(0, Instant.now());
    running = true;
    return sender
        .send(endpoint, 0, headers.of(id, body), body)
        .onComplete(answer -> running = false);
  }
}
