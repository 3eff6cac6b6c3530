package dev.auditwebhook.delivery;

import dev.auditwebhook.security.ForbiddenAddressException;
import io.netty.handler.codec.DecoderException;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Why an attempt had no answer, in one line for people: no path, no query, no stack trace. */
final class Failures {

  /** Alerts of a receiver that has no certificate of ours, or one that it does not like. */
  private static final Pattern ABOUT_OUR_CERTIFICATE =
      Pattern.compile("Received fatal alert: (\\w*certificate\\w*|unknown_ca|access_denied)");

  private Failures() {}

  /** Whether the other side closed the connection. */
  static boolean isClosed(Throwable failure) {
    return failure instanceof HttpClosedException || describe(failure).equals("connection reset");
  }

  static String describe(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ForbiddenAddressException) {
        return cause.getMessage();
      } else if (cause instanceof UnknownHostException) {
        return "name not resolved";
      } else if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
        return "TLS failure: " + tls(root(cause));
      } else if (cause instanceof HttpClosedException) {
        return "connection closed";
      } else if (cause instanceof StreamResetException) {
        return "connection reset";
      } else if (cause instanceof ConnectException) {
        String message = String.valueOf(cause.getMessage());
        return message.contains("timed out") ? "connect timeout" : "connection refused";
      } else if (cause instanceof IOException
              && "Connection reset by peer".equals(cause.getMessage())
          || cause instanceof SocketException) {
        return "connection reset";
      }
    }
    if (failure instanceof IllegalArgumentException || failure instanceof DecoderException) {
      // What Netty's decoder throws at a line that it cannot read.
      return "the answer is not HTTP";
    }
    return failure instanceof VertxException && failure.getMessage() != null
        ? oneLine(failure)
        : failure.getClass().getSimpleName();
  }

  /** What is wrong, rather than how Java puts it: one that is not known here stays as it is. */
  private static String tls(Throwable root) {
    String message = oneLine(root);
    if (root instanceof CertPathBuilderException) {
      return "the receiver's certificate has an issuer that is not trusted";
    } else if (root instanceof CertificateExpiredException) {
      return "the receiver's certificate has expired (" + message + ")";
    } else if (root instanceof CertificateNotYetValidException) {
      return "the receiver's certificate is not valid yet (" + message + ")";
    } else if (message.startsWith("No subject alternative ") || message.startsWith("No name ")) {
      return "the receiver's certificate is for another name (" + message + ")";
    } else if (message.startsWith("not an SSL/TLS record")) {
      return "the receiver does not speak TLS";
    } else if (ABOUT_OUR_CERTIFICATE.matcher(message).matches()) {
      return "the receiver wants a client certificate, or another one (" + message + ")";
    }
    return message;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String oneLine(Throwable failure) {
    String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    return message.length() > 200 ? message.substring(0, 200) : message;
  }
}
