package dev.auditwebhook.wire;

import dev.auditwebhook.security.UrlPolicy.Destination;
import io.vertx.core.Future;

/** Makes one HTTP request. The way out stands behind this interface alone. */
public interface Sender {

  /**
   * POSTs a body with the headers of a webhook, within the deadline of an attempt.
   *
   * @param attempt the number of the attempt, from 0: which of the name's addresses is tried
   * @param messageId the value of {@code webhook-id}
   * @return what came back; it never fails
   */
  Future<Answer> send(Destination destination, int attempt, String messageId, byte[] body);

  /** POSTs a body like a first attempt, but on a connection of its own. */
  Future<Answer> sendApart(Destination destination, String messageId, byte[] body);
}
