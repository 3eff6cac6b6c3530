package dev.auditwebhook.bus;

import dev.auditwebhook.endpoint.Endpoint;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;

/** Requests that are not served. */
final class Refusal {

  private Refusal() {}

  static ReplyException of(int code, String message) {
    return new ReplyException(ReplyFailure.RECIPIENT_FAILURE, code, message);
  }

  /** Refuses what makes no sense without a URL. */
  static void unlessEnabled(Endpoint endpoint) {
    if (!endpoint.isEnabled()) {
      throw of(409, "no webhook is set: set a URL first");
    }
  }
}
