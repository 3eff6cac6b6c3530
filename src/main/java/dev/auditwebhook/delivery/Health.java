package dev.auditwebhook.delivery;

import dev.auditwebhook.security.UrlPolicy.Endpoint;
import java.time.Instant;

/** The last delivery and the last error. */
final class Health {

  private Instant lastDelivery;
  private String lastError;

  void delivered() {
    lastDelivery = Instant.now();
  }

  void error(Answer answer, Endpoint endpoint) {
    lastError = describe(answer) + " from " + endpoint.origin();
  }

  /** The error of an answer that was not a delivery: its own, or else its status. */
  static String describe(Answer answer) {
    return answer.error() != null ? answer.error() : Integer.toString(answer.status());
  }

  Instant lastDelivery() {
    return lastDelivery;
  }

  String lastError() {
    return lastError;
  }
}
