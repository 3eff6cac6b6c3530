package dev.auditwebhook.journal.postgres.nodes;

import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;

/** All endpoints, whoever runs them, as the tables have them. */
public final class Directory {

  public Collection<Share> members() {
    throw new UnsupportedOperationException();
  }

  /** The id of the node that runs an endpoint, {@code null} when none does. */
  public String ownerOf(String endpoint) {
    throw new UnsupportedOperationException();
  }

  /** {@code null} when there is no such endpoint. */
  public Integer numberOf(String endpoint) {
    throw new UnsupportedOperationException();
  }

  /**
   * What arrived at this node since the last call. It is on its way into the tables until {@link
   * #pending} tells what they have, or it is {@linkplain #giveBack given back}.
   */
  public List<Delta> leave() {
    throw new UnsupportedOperationException();
  }

  /** What was on its way into the tables was not kept. */
  public void giveBack(List<Delta> deltas) {
    throw new UnsupportedOperationException();
  }

  /** How many events of an endpoint are pending by the tables, all that was on its way included. */
  public void pending(int number, long pending) {
    throw new UnsupportedOperationException();
  }

  /** The settings of an endpoint that this node runs are kept, and in the tables by now. */
  public void settingsKept(String endpoint, JsonObject settings) {
    throw new UnsupportedOperationException();
  }
}
