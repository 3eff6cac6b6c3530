package dev.auditwebhook.journal.postgres.nodes;

/** Which endpoints this node runs. */
public final class Leases {

  /** Whether attempts of an endpoint may begin: this node runs it, and would know if not. */
  public boolean owns(String endpoint) {
    throw new UnsupportedOperationException();
  }

  /** Steps of an endpoint are kept while it has this epoch; {@code null} when it runs elsewhere. */
  public Long epoch(String endpoint) {
    throw new UnsupportedOperationException();
  }

  /** The number of the next step of an endpoint that this node runs; each call gives another. */
  public long nextStep(String endpoint) {
    throw new UnsupportedOperationException();
  }

  /**
   * The {@link dev.auditwebhook.journal.Nodes.Tenancy#lastId} of an endpoint that this node runs,
   * by its number; 0 for others. What the journal has up to there counts as arrived, though cuts
   * may come to it later: so it is read up to there, or to the last cut if that is further on.
   */
  public long since(int number) {
    throw new UnsupportedOperationException();
  }

  /** Whether this node runs none. */
  public boolean isEmpty() {
    throw new UnsupportedOperationException();
  }
}
