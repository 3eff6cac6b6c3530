package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.journal.Nodes;

/** An endpoint as this node sees it, whoever runs it. */
public final class Share implements Nodes.Member {

  public String id() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int number() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isEnabled() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean wants(String action) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean hasRoom() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long pending() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void received() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void dropped() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void passedOver() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void notKept(int events) {
    throw new UnsupportedOperationException();
  }
}
