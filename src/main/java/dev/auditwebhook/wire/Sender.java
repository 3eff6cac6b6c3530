package dev.auditwebhook.wire;

import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.wire.format.Event;
import dev.auditwebhook.wire.format.Format;
import io.vertx.core.Future;
import java.util.List;

/** Makes one HTTP request. The way out stands behind this interface alone. */
public interface Sender {

  /** How it writes events, and reads answers. */
  Format format();

  /**
   * POSTs events with the headers of a webhook, within the deadline of an attempt.
   *
   * @param attempt the number of the attempt, from 0: which of the name's addresses is tried
   * @param messageId the value of {@code webhook-id}
   * @return what came back, or {@link Answer#WITHHELD}; it never fails
   */
  Future<Answer> send(Destination destination, int attempt, String messageId, List<Event> events);

  /** POSTs events like a first attempt, but on a connection of its own. */
  Future<Answer> sendApart(Destination destination, String messageId, List<Event> events);
}
