package dev.auditwebhook.security;

/** An address that nothing may be sent to: {@code forbidden address 169.254.169.254}. */
public final class ForbiddenAddressException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  public ForbiddenAddressException(String address) {
    super("forbidden address " + address);
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
