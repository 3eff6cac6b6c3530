package dev.auditwebhook.security.access;

/**
 * Who makes a request: the name of a token, and the role that it has.
 *
 * @param name never the token itself; {@code null} where the host's own router guards
 * @param quota how many entries it may post a second, {@code null} for any number
 */
public record Principal(String name, Role role, Integer quota) {

  /** The names of the tokens that have none in the options: adminToken and ingestToken. */
  public static final String ADMIN = "admin";

  public static final String INGEST = "ingest";

  /** Whoever the host's own router lets pass. */
  public static final Principal OF_HOST = new Principal(null, Role.ADMIN);

  /** Without a quota. */
  public Principal(String name, Role role) {
    this(name, role, null);
  }
}
