package dev.auditwebhook.journal.postgres.database;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Tells what a failure of a database means. */
final class Diagnosis {

  /** Besides these, all of the classes 08 (connection) and 53 (resources). */
  private static final Set<String> AWAY =
      Set.of(
          "25006", "25P03", "26000", "40001", "40003", "40P01", "55P03", "57014", "57P01", "57P02",
          "57P03", "57P05", "58030");

  /** After these no more can come of the connection, or a better one is to be looked for. */
  private static final Set<String> CUT =
      Set.of("25006", "25P03", "26000", "57P01", "57P02", "57P03", "57P05");

  private final String shown;

  /**
   * @param shown how messages name the database
   */
  Diagnosis(String shown) {
    this.shown = shown;
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
    if (root instanceof SSLException || root instanceof CertificateException) {
      return refused("does not pass the checks of TLS: " + line(root), failure);
    } else if (String.valueOf(root.getMessage()).contains("does not handle SSL")) {
      return refused("does not speak TLS, which the sslmode asks for", failure);
    } else if (root instanceof UnknownHostException) {
      return away("is not found: its host name does not resolve", false, failure);
    } else if (root instanceof IOException || root instanceof VertxException) {
      return away("cannot be reached: " + line(root), sent, failure);
    }
    return refused("cannot be used: " + line(root), failure);
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

  private DatabaseException refused(String what, Throwable cause) {
    return new DatabaseException(about(what), null, false, false, cause);
  }

  private DatabaseException said(PgException failure, boolean sent) {
    String state = String.valueOf(failure.getSqlState());
    boolean stale = isStale(failure);
    return new DatabaseException(
        about(meaning(state, failure)) + " (" + state + ")",
        state,
        stale || AWAY.contains(state) || state.startsWith("08") || state.startsWith("53"),
        sent && (state.equals("40003") || endsConnection(failure)),
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

  private static boolean endsConnection(PgException failure) {
    String severity = String.valueOf(failure.getSeverity());
    return severity.equals("FATAL") || severity.equals("PANIC") || isCut(failure);
  }

  private static boolean isCut(PgException failure) {
    String state = String.valueOf(failure.getSqlState());
    return state.startsWith("08") || CUT.contains(state) || isStale(failure);
  }

  /** A prepared statement does not fit any more, as the tables were changed since. */
  private static boolean isStale(PgException failure) {
    return "0A000".equals(failure.getSqlState())
        && "RevalidateCachedQuery".equals(failure.getRoutine());
  }

  /** Whether its connection is to be given up after a failure. */
  static boolean cuts(Throwable failure) {
    return !(failure instanceof PgException said) || isCut(said);
  }

  private String about(String what) {
    return "the database at " + shown + " " + what;
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
