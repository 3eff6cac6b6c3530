package dev.auditwebhook.delivery;

import dev.auditwebhook.security.UrlPolicy.Endpoint;

/** Where attempts go, what is known of it, and how many are there. */
final class Target {

  private final Endpoint endpoint;
  private final Circuit circuit;
  private int inFlight;

  Target(Endpoint endpoint, Circuit circuit) {
    this.endpoint = endpoint;
    this.circuit = circuit;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Circuit circuit() {
    return circuit;
  }

  int inFlight() {
    return inFlight;
  }

  void starts() {
    inFlight++;
  }

  void ends() {
    inFlight--;
  }
}
