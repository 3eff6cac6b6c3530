package dev.auditwebhook.wire;

import dev.auditwebhook.security.ForbiddenAddressException;
import dev.auditwebhook.wire.auth.TokenException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Why an attempt had no answer, in one line for people: no path, no query, no stack trace. The
 * words are ours: nothing that a receiver says, or that its certificate holds, is repeated.
 */
final class Failures {

  /** Alerts of a receiver that has no certificate of ours, or one that it does not like. */
  private static final String ABOUT_OUR_CERTIFICATE =
      "bad_certificate|unsupported_certificate|certificate_revoked|certificate_expired"
          + "|certificate_unknown|unknown_ca|access_denied|certificate_required";

  /** The other fatal alerts of TLS 1.2 and 1.3, as Java names them. */
  private static final String OTHER_ALERTS =
      "unexpected_message|bad_record_mac|record_overflow|handshake_failure|illegal_parameter"
          + "|decode_error|decrypt_error|protocol_version|insufficient_security|internal_error"
          + "|inappropriate_fallback|missing_extension|unsupported_extension|unrecognized_name"
          + "|bad_certificate_status_response|unknown_psk_identity|no_application_protocol";

  private static final Pattern ALERT =
      Pattern.compile(
          "Received fatal alert: (?:(" + ABOUT_OUR_CERTIFICATE + ")|" + OTHER_ALERTS + ")$");

  private static final Set<String> RESETS = Set.of("Connection reset by peer", "Broken pipe");
  private static final Set<String> CLOSED = Set.of("connection closed", "connection reset");

  private Failures() {}

  /** Whether the other side closed the connection, and not a stream alone. */
  static boolean isClosed(Throwable failure) {
    return CLOSED.contains(describe(failure));
  }

  static String describe(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof TokenException none) {
        return noToken(none.origin(), none.getMessage() != null ? none.getMessage() : why(none));
      } else if (cause instanceof ForbiddenAddressException) {
        return cause.getMessage();
      } else if (cause instanceof UnknownHostException) {
        return "name not resolved";
      } else if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
        return "TLS failure: " + tls(root(cause));
      } else if (cause instanceof HttpClosedException || cause instanceof ClosedChannelException) {
        return "connection closed";
      } else if (cause instanceof StreamResetException) {
        return "request reset";
      } else if (cause instanceof ConnectException) {
        String message = String.valueOf(cause.getMessage());
        return message.contains("timed out") ? "connect timeout" : "connection refused";
      } else if (cause instanceof IOException && RESETS.contains(String.valueOf(cause.getMessage()))
          || cause instanceof SocketException) {
        return "connection reset";
      }
    }
    if (failure instanceof IllegalArgumentException || failure instanceof DecoderException) {
      // What Netty's decoder throws at a line that it cannot read.
      return "the answer is not HTTP";
    }
    return "no answer (" + kind(failure) + ")";
  }

  /**
   * Why an attempt had no answer that had no token first.
   *
   * @param origin whom it was asked of
   */
  static String noToken(String origin, String why) {
    return "no token from " + origin + ": " + why + ", so no answer";
  }

  private static String why(TokenException none) {
    return describe(none.getCause()).replace("the receiver", "the server");
  }

  /** What is wrong, rather than how Java puts it. */
  private static String tls(Throwable root) {
    String message = String.valueOf(root.getMessage());
    if (root instanceof CertPathBuilderException) {
      return "the receiver's certificate has an issuer that is not trusted";
    } else if (root instanceof CertificateExpiredException) {
      return "the receiver's certificate has expired";
    } else if (root instanceof CertificateNotYetValidException) {
      return "the receiver's certificate is not valid yet";
    } else if (root instanceof CertPathValidatorException) {
      return "the receiver's certificate is not valid";
    } else if (message.startsWith("No subject alternative ") || message.startsWith("No name ")) {
      return "the receiver's certificate is for another name";
    } else if (root instanceof NotSslRecordException) {
      return "the receiver does not speak TLS";
    }
    Matcher alert = ALERT.matcher(message);
    if (!alert.find()) {
      return "no connection (" + kind(root) + ")";
    }
    return alert.group(1) != null
        ? "the receiver wants a client certificate, or another one (" + alert.group() + ")"
        : alert.group();
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** The name of a failure that is not known here; an anonymous class has none of its own. */
  private static String kind(Throwable failure) {
    Class<?> type = failure.getClass();
    return (type.isAnonymousClass() ? type.getSuperclass() : type).getSimpleName();
  }
}
