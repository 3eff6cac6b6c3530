package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.journal.postgres.requests.Courier;

/** Where the endpoints are that requests are for. */
final class Whereabouts implements Courier.Places {

  private final Directory directory;
  private final Leases leases;
  private final String node;

  /**
   * @param node the id of this one
   */
  Whereabouts(Directory directory, Leases leases, String node) {
    this.directory = directory;
    this.leases = leases;
    this.node = node;
  }

  @Override
  public boolean isKnown(String endpoint) {
    return directory.find(endpoint) != null;
  }

  @Override
  public String elsewhere(String endpoint) {
    String owner = directory.ownerOf(endpoint);
    return node.equals(owner) ? null : owner;
  }

  @Override
  public boolean isHere(String endpoint) {
    return leases.owns(endpoint);
  }

  @Override
  public boolean isLiving(String node) {
    return directory.living().contains(node);
  }
}
