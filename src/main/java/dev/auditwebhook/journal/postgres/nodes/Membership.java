package dev.auditwebhook.journal.postgres.nodes;

import io.vertx.core.Future;

/** That this node is one of those that share the journal: its row, and the lease on it. */
public final class Membership {

  /** Of this process alone. */
  public String id() {
    throw new UnsupportedOperationException();
  }

  /** For people. */
  public String name() {
    throw new UnsupportedOperationException();
  }

  /** A group that is appended with an earlier one is not kept. */
  public long generation() {
    throw new UnsupportedOperationException();
  }

  /** The row has this generation by now. */
  public void generation(long generation) {
    throw new UnsupportedOperationException();
  }

  /** Whether the lease of this node runs, by its own clock. */
  public boolean holds() {
    throw new UnsupportedOperationException();
  }

  /** Renews the lease. */
  Future<Void> renew() {
    throw new UnsupportedOperationException();
  }
}
