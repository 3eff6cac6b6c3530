package dev.auditwebhook.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.NotSslRecordException;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that a receiver says, or that its certificate holds, comes into an error. */
class FailuresTest {

  private static String tls(Throwable cause) {
    return Failures.describe(new SSLHandshakeException("General problem").initCause(cause));
  }

  @Test
  void aCertificateIsNotQuoted() {
    assertThat(
            tls(new CertificateException("No subject alternative DNS name matching a.siem found.")))
        .isEqualTo("TLS failure: the receiver's certificate is for another name");
    assertThat(tls(new CertificateException("No name matching a.siem found")))
        .isEqualTo("TLS failure: the receiver's certificate is for another name");
    assertThat(tls(new CertificateExpiredException("NotAfter: Mon Jan 05 2026")))
        .isEqualTo("TLS failure: the receiver's certificate has expired");
    assertThat(tls(new CertPathValidatorException("revoked, authority: CN=hunter2")))
        .isEqualTo("TLS failure: the receiver's certificate is not valid");
    assertThat(tls(new CertificateException("CN=hunter2")))
        .isEqualTo("TLS failure: no connection (CertificateException)");
  }

  @Test
  void noBytesOfAReceiverAreQuoted() {
    assertThat(
            Failures.describe(new NotSslRecordException("not an SSL/TLS record: 68756e74657232")))
        .isEqualTo("TLS failure: the receiver does not speak TLS");
    assertThat(Failures.describe(new IllegalArgumentException("invalid version format: HUNTER2")))
        .isEqualTo("the answer is not HTTP");
  }

  @Test
  void aConnectionThatTheOtherSideClosedIsKnownHoweverJavaPutsIt() {
    assertThat(Failures.describe(new ClosedChannelException())).isEqualTo("connection closed");
    assertThat(Failures.describe(new IOException("Broken pipe"))).isEqualTo("connection reset");
    assertThat(Failures.isClosed(new VertxException(new ClosedChannelException()))).isTrue();
    assertThat(Failures.isClosed(new IOException("Broken pipe"))).isTrue();
    assertThat(Failures.isClosed(new IOException("No route to host"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "handshake_failure, Received fatal alert: handshake_failure",
    "protocol_version, Received fatal alert: protocol_version",
    "unknown_ca, 'the receiver wants a client certificate, or another one"
        + " (Received fatal alert: unknown_ca)'",
  })
  void alertsAreQuotedAsTheirNamesAreFixed(String alert, String said) {
    String message = "Received fatal alert: " + alert;
    assertThat(Failures.describe(new SSLException(message))).isEqualTo("TLS failure: " + said);
    assertThat(Failures.describe(new SSLException("(" + alert + ") " + message)))
        .isEqualTo("TLS failure: " + said);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Received fatal alert: hunter_two",
        "Received fatal alert: handshake_failure hunter2",
        "Received fatal alert: UNKNOWN ALERT (200)",
        "hunter2"
      })
  void whatIsNoAlertIsNotQuoted(String message) {
    assertThat(Failures.describe(new SSLException(message)))
        .isEqualTo("TLS failure: no connection (SSLException)");
  }

  @Test
  void whatIsNotKnownIsNamedAndNotQuoted() {
    assertThat(Failures.describe(new VertxException("the receiver said hunter2", true)))
        .isEqualTo("no answer (VertxException)");
    assertThat(Failures.describe(new IllegalStateException("hunter2") {}))
        .isEqualTo("no answer (IllegalStateException)");
  }
}
