package dev.auditwebhook.security.access;

import java.util.Locale;

/** What a token is good for. */
public enum Role {

  /** {@code GET /metrics} alone. */
  METRICS,

  /** {@code POST /audit} alone. */
  INGEST,

  /** All that changes nothing, metrics included. */
  READ,

  /** What {@link #READ} may; redrive, purge and test; and to post entries. */
  OPERATE,

  /** All. */
  ADMIN;

  /** The role of a name in lower case; an {@link IllegalArgumentException} for any other text. */
  public static Role of(String name) {
    for (Role role : values()) {
      if (role.toString().equals(name)) {
        return role;
      }
    }
    throw new IllegalArgumentException("must be metrics, ingest, read, operate or admin");
  }

  /** Whether this role may use a route whose least role is another one. */
  public boolean may(Role least) {
    return switch (this) {
      case METRICS, INGEST -> this == least;
      case READ -> least == READ || least == METRICS;
      case OPERATE -> least != ADMIN;
      case ADMIN -> true;
    };
  }

  /** In lower case, as options and replies have it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
