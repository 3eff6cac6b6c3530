package dev.auditwebhook.journal.postgres.database;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Tells what a failure of a database means. */
final class Diagnosis {

  /** The server ends the connection, in the middle of something or not. */
  private static final Set<String> ENDS = Set.of("25P03", "40003", "57P01", "57P02", "57P05");

  /** The next connection may do better: to the primary, or with statements that are not stale. */
  private static final Set<String> CHANGES = Set.of("25006", "26000");

  /** Besides these, all of the classes 08 (connection) and 53 (resources). */
  private static final Set<String> PASSES =
      Set.of("40001", "40P01", "55P03", "57014", "57P03", "58030");

  private final ConnectionUri uri;

  Diagnosis(ConnectionUri uri) {
    this.uri = uri;
  }

  /**
   * Explains a failure.
   *
   * @param sent whether what failed had been sent to the server, and could be done by it
   */
  DatabaseException of(Throwable failure, boolean sent) {
    if (failure instanceof DatabaseException told) {
      return told;
    } else if (failure instanceof PgException said) {
      return said(said, sent);
    }
    Throwable root = root(failure);
    String reason = line(root);
    if (reason.equals("SSL handshake failed") && uri.distrust() != null) {
      return refused(
          "has a certificate that is not trusted: " + line(root(uri.distrust())), sent, failure);
    } else if (root instanceof SSLException) {
      return refused("cannot be spoken to by TLS: " + reason, sent, failure);
    } else if (reason.contains("does not handle SSL")) {
      return refused("does not speak TLS, which the sslmode asks for", sent, failure);
    } else if (root instanceof UnknownHostException) {
      return away("is not found: its host name does not resolve", false, failure);
    } else if (root instanceof IOException || root instanceof VertxException) {
      return away("cannot be reached: " + reason, sent, failure);
    }
    // The library for logins takes no empty password.
    boolean password = root.toString().contains("'password' must not be empty");
    return refused(
        password ? "asks for a password of its user" : "cannot be used: " + reason, sent, failure);
  }

  /**
   * No answer came.
   *
   * @param patience how long it was waited for, in milliseconds
   */
  DatabaseException silence(long patience, boolean sent) {
    return away("did not answer within " + patience + " ms", sent, null);
  }

  /** Nobody may use it any more. */
  DatabaseException closed() {
    return away("is not used any more", false, null);
  }

  private DatabaseException away(String what, boolean sent, Throwable cause) {
    return new DatabaseException(about(what), null, true, sent, cause);
  }

  private DatabaseException refused(String what, boolean sent, Throwable cause) {
    return new DatabaseException(about(what), null, false, sent, cause);
  }

  private DatabaseException said(PgException failure, boolean sent) {
    String state = String.valueOf(failure.getSqlState());
    return new DatabaseException(
        about(meaning(state, failure)) + " (" + state + ")",
        state,
        ends(failure) || changes(failure) || PASSES.contains(state) || state.startsWith("53"),
        sent && ends(failure),
        failure);
  }

  private static String meaning(String state, PgException failure) {
    return switch (state) {
      case "28P01" -> "refuses the password of its user";
      case "3D000" -> "does not exist";
      case "25006" -> "is read-only: " + ConnectionUri.KEY + " must name the primary";
      case "53100" -> "has a full disk";
      case "53300" -> "has no connection left";
      case "55P03" -> "is busy: what was needed is locked";
      case "57014" -> "is slow: a statement took too long";
      case "57P01", "57P02" -> "ended the connection";
      default -> "says: " + line(failure.getErrorMessage());
    };
  }

  private static boolean ends(PgException failure) {
    String state = String.valueOf(failure.getSqlState());
    return ENDS.contains(state) || state.startsWith("08");
  }

  private static boolean changes(PgException failure) {
    return CHANGES.contains(String.valueOf(failure.getSqlState()))
        || "0A000".equals(failure.getSqlState())
            && "RevalidateCachedQuery".equals(failure.getRoutine());
  }

  /** Whether the connection is to be given up after a failure. */
  static boolean cuts(Throwable failure) {
    return !(failure instanceof PgException said) || ends(said) || changes(said);
  }

  private String about(String what) {
    return "the database at " + uri.shown() + " " + what;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }

  private static String line(Throwable root) {
    return line(root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage());
  }

  private static String line(String text) {
    return String.valueOf(text).lines().findFirst().orElse("");
  }
}
