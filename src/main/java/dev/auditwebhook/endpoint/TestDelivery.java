package dev.auditwebhook.endpoint;

import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.Sender;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Sends one {@code webhook.test} event now, past queue and circuit, counted nowhere. */
final class TestDelivery {

  private static final String ACTION = "webhook.test";

  private final MessageIds ids;
  private final Sender sender;
  private final Clock clock;
  private boolean running;

  TestDelivery(MessageIds ids, Sender sender, Clock clock) {
    this.ids = ids;
    this.sender = sender;
    this.clock = clock;
  }

  boolean isRunning() {
    return running;
  }

  Future<Answer> send(Destination destination) {
    long now = clock.now();
    String content =
        ",\"action\":\"%s\",\"timestamp\":\"%s\"}".formatted(ACTION, Instant.ofEpochMilli(now));
    Event event = new Event(0, ACTION, content.getBytes(StandardCharsets.UTF_8), now);
    running = true;
    return sender
        .sendApart(destination, ids.fresh("test"), List.of(event))
        .onComplete(answer -> running = false);
  }
}
