package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.Certificates;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS with real certificates: whom the webhook believes, and what it says when it does not. */
@EveryStore
class TlsTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private ScriptedReceiver receiver = webhook.receiver();

  @TempDir private static Path dir;

  private static Certificates certificates;

  private static PfxOptions localhost;

  private static PfxOptions address;

  private static PfxOptions otherName;

  private static PfxOptions expired;

  private static PfxOptions notYetValid;

  private static PfxOptions clientKey;

  @BeforeAll
  static void makeCertificates() {
    certificates = new Certificates(dir);
    localhost = certificates.issue("localhost", "dns:localhost");
    address = certificates.issue("address", "ip:127.0.0.1");
    otherName = certificates.issue("other-name", "dns:siem.example");
    expired = certificates.issue("expired", "dns:localhost", "-60d");
    notYetValid = certificates.issue("not-yet-valid", "dns:localhost", "+5d");
    clientKey = certificates.issue("client", "dns:client.example");
  }

  private static HttpServerOptions tls(PfxOptions key) {
    return new HttpServerOptions().setSsl(true).setSni(true).setKeyCertOptions(key);
  }

  private static HttpServerOptions mutualTls() {
    return tls(localhost)
        .setClientAuth(ClientAuth.REQUIRED)
        .setTrustOptions(new PemTrustOptions().addCertPath(certificates.authority()));
  }

  private static JsonObject trusting() {
    return certificates.trusting();
  }

  private void receive(HttpServerOptions options) {
    receiver.stop();
    receiver = ScriptedReceiver.start(webhook.elsewhere(), options);
  }

  private WebhookOptions https(JsonObject client) {
    return webhook
        .options()
        .setUrl("https://localhost:" + receiver.port() + "/in")
        .setClient(client);
  }

  private Received delivered(WebhookOptions options) {
    webhook.deploy(options);
    webhook.publish(1);
    WebhookClient.State state = webhook.awaitSettled(1);
    assertThat(state.delivered()).as("delivered: %s", state.json()).isEqualTo(1);
    assertThat(receiver.requests()).hasSize(1);
    return receiver.takeRequest();
  }

  /** The error after three attempts, none of which brought the receiver a request. */
  private String error(WebhookOptions options) {
    webhook.deploy(options);
    webhook.publish(1);
    WebhookClient.State state = webhook.awaitSettled(1);
    assertThat(state.failed()).isEqualTo(1);
    assertThat(receiver.requests()).isEmpty();
    DeadLetter letter = webhook.deadLetters().get(0);
    assertThat(letter.attempts()).isEqualTo(3);
    assertThat(letter.status()).isNull();
    assertThat(letter.error()).endsWith(" from https://localhost:" + receiver.port());
    assertThat(letter.error().lines()).hasSize(1);
    return letter.error().substring(0, letter.error().lastIndexOf(" from "));
  }

  @Test
  void aCertificateOfTheConfiguredAuthorityIsTrusted() {
    receive(tls(localhost));
    delivered(https(trusting()));
  }

  @Test
  void theAuthorityMayStandInATrustStore() {
    receive(tls(localhost));
    PfxOptions store = certificates.authorityStore();
    delivered(https(new JsonObject().put("pfxTrustOptions", store.toJson())));
  }

  @Test
  void theConnectionGoesToAnAddressButNameAndPortAreThoseOfTheUrl() {
    receive(tls(localhost));

    Received received = delivered(https(trusting()));

    assertThat(received.serverName()).as("SNI").isEqualTo("localhost");
    assertThat(received.headers().get("host")).isEqualTo("localhost:" + receiver.port());
  }

  @Test
  void anAddressIsNoServerName() {
    receive(tls(address));
    WebhookOptions options =
        https(trusting()).setUrl(receiver.url().replace("http://", "https://"));

    Received received = delivered(options);

    assertThat(received.serverName()).as("SNI").isNull();
    assertThat(received.headers().get("host")).isEqualTo("127.0.0.1:" + receiver.port());
  }

  @Test
  void anUnknownAuthorityIsARetryAndThenADeadLetterThatSaysSo() {
    receive(tls(localhost));
    assertThat(error(https(new JsonObject())))
        .isEqualTo("TLS failure: the receiver's certificate has an issuer that is not trusted");
  }

  @Test
  void anExpiredCertificateIsARetryAndThenADeadLetterThatSaysSo() {
    receive(tls(expired));
    assertThat(error(https(trusting())))
        .isEqualTo("TLS failure: the receiver's certificate has expired");
  }

  @Test
  void aCertificateThatIsNotValidYetIsARetryAndThenADeadLetterThatSaysSo() {
    receive(tls(notYetValid));
    assertThat(error(https(trusting())))
        .isEqualTo("TLS failure: the receiver's certificate is not valid yet");
  }

  @Test
  void aCertificateForAnotherNameIsARetryAndThenADeadLetterThatSaysSo() {
    receive(tls(otherName));
    assertThat(error(https(trusting())))
        .isEqualTo("TLS failure: the receiver's certificate is for another name");
  }

  @Test
  void aReceiverThatMissesOurCertificateIsARetryAndThenADeadLetterThatSaysSo() {
    receive(mutualTls());
    assertThat(error(https(trusting())))
        .isEqualTo(
            "TLS failure: the receiver wants a client certificate, or another one (Received fatal alert: bad_certificate)");
  }

  @Test
  void aReceiverThatWantsOurCertificateGetsIt() {
    receive(mutualTls());
    delivered(https(trusting().put("pfxKeyCertOptions", clientKey.toJson())));
  }

  @Test
  void ourCertificateIsNotShownToAnotherOrigin() {
    receive(mutualTls());
    WebhookOptions options = https(trusting().put("pfxKeyCertOptions", clientKey.toJson()));
    String url = options.getUrl();
    webhook.deploy(options.setUrl("https://localhost:1/in"));

    result(webhook.client().setUrl(url));

    assertThat(refusal(webhook.client().test()).getMessage())
        .startsWith("TLS failure: the receiver wants a client certificate");
  }

  @Test
  void plainHttpOnATlsPortIsATlsFailure() {
    assertThat(error(https(trusting()))).isEqualTo("TLS failure: the receiver does not speak TLS");
  }

  @Test
  void aReceiverThatDoesNotTrustOurCertificateIsARetryAndThenADeadLetterThatSaysSo(
      @TempDir Path elsewhere) {
    PfxOptions stranger = new Certificates(elsewhere).issue("client", "dns:client.example");
    receive(mutualTls());
    assertThat(error(https(trusting().put("pfxKeyCertOptions", stranger.toJson()))))
        .startsWith("TLS failure: the receiver wants a client certificate, or another one (");
  }

  @Test
  void http2WhereItIsAskedFor() {
    receive(tls(localhost).setUseAlpn(true));

    Received received =
        delivered(https(trusting().put("protocolVersion", "HTTP_2").put("useAlpn", true)));

    assertThat(received.version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(received.serverName()).as("SNI").isEqualTo("localhost");
    assertThat(received.host()).isEqualTo("localhost:" + receiver.port());
  }

  @Test
  void checksThatAreSwitchedOffAreWarnedOf() {
    receive(tls(otherName));
    try (LogLines log = new LogLines()) {
      delivered(https(new JsonObject().put("trustAll", true).put("verifyHost", false)));
      assertThat(log.all())
          .filteredOn(line -> line.startsWith("WARN"))
          .containsExactly(
              "WARN webhook.client.trustAll: TLS proves less of who the receiver is",
              "WARN webhook.client.verifyHost: TLS proves less of who the receiver is");
    }
  }
}
