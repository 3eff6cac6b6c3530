package dev.auditwebhook.security.access;

/**
 * Who makes a request: the name of a token, and the role that it has.
 *
 * @param name never the token itself; {@code null} where the host's own router guards
 */
public record Principal(String name, Role role) {

  /** Whoever the host's own router lets pass. */
  public static final Principal OF_HOST = new Principal(null, Role.ADMIN);
}
