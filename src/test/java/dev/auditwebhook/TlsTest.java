package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.WebhookClient.DeadLetter;
import dev.auditwebhook.testing.Certificates;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS with real certificates: whom the webhook believes, and what it says when it does not. */
class TlsTest extends WebhookTest {

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
    return new JsonObject()
        .put(
            "pemTrustOptions",
            new JsonObject().put("certPaths", new JsonArray().add(certificates.authority())));
  }

  private void receive(HttpServerOptions options) {
    receiver.stop();
    receiver = ScriptedReceiver.start(elsewhere, options);
  }

  private WebhookOptions https(JsonObject client) {
    return options().setUrl("https://localhost:" + receiver.port() + "/in").setClient(client);
  }

  private Received delivered(WebhookOptions options) {
    deploy(options);
    publish(1);
    WebhookClient.State state = awaitSettled(1);
    assertThat(state.delivered()).as("delivered: %s", state.json()).isEqualTo(1);
    assertThat(receiver.requests()).hasSize(1);
    return receiver.requests().get(0);
  }

  /** The error after three attempts, none of which brought the receiver a request. */
  private String error(WebhookOptions options) {
    deploy(options);
    publish(1);
    WebhookClient.State state = awaitSettled(1);
    assertThat(state.failed()).isEqualTo(1);
    assertThat(receiver.requests()).isEmpty();
    DeadLetter letter = result(client.deadLetters(1, 0)).get(0);
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
    deploy(options.setUrl("https://localhost:1/in"));

    result(client.setUrl(url));

    assertThat(refusal(client.test()).getMessage())
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

  /** A proxy on loopback that leads every name to the receiver, and notes what it was asked. */
  private final class Proxy {
    final List<String> asked = new CopyOnWriteArrayList<>();
    final HttpServer server =
        result(
            elsewhere
                .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(this::handle)
                .listen());

    private void handle(HttpServerRequest request) {
      asked.add(request.method() + " " + request.uri());
      if (request.method() != HttpMethod.CONNECT) {
        request.response().setStatusCode(204).end();
        return;
      }
      request.pause();
      elsewhere
          .createNetClient()
          .connect(receiver.port(), "127.0.0.1")
          .compose(
              there -> request.toNetSocket().onSuccess(here -> tunnel(here, there)).mapEmpty());
    }

    private void tunnel(NetSocket here, NetSocket there) {
      here.pipeTo(there);
      there.pipeTo(here);
    }

    JsonObject options() {
      return new JsonObject().put("host", "127.0.0.1").put("port", server.actualPort());
    }
  }

  @Test
  void aProxyResolvesTheNameAndIsWarnedOfOnce() {
    receive(tls(otherName));
    Proxy proxy = new Proxy();
    try (LogLines log = new LogLines()) {
      Received received =
          delivered(
              options()
                  .setUrl("https://siem.example/in")
                  .setClient(trusting().put("proxyOptions", proxy.options())));

      assertThat(proxy.asked).containsExactly("CONNECT siem.example:443");
      assertThat(received.serverName()).as("SNI").isEqualTo("siem.example");
      assertThat(received.headers().get("host")).isEqualTo("siem.example");
      assertThat(log.all()).filteredOn(line -> line.contains("proxy")).hasSize(1);
    }
  }

  @Test
  void noNameGoesPastTheProxyAsNothingWouldVetItsAddresses() {
    WebhookOptions options =
        options()
            .setClient(
                new JsonObject()
                    .put("proxyOptions", new JsonObject().put("host", "127.0.0.1"))
                    .put("nonProxyHosts", new JsonArray().add("*")));

    assertThatThrownBy(() -> new WebhookOptions(options.toJson()))
        .hasMessage("webhook.client.nonProxyHosts: is not allowed here");
  }

  @Test
  void plainHttpGoesThroughAProxyToo() {
    Proxy proxy = new Proxy();
    deploy(
        options()
            .setUrl("http://siem.example/in?a=b")
            .setClient(new JsonObject().put("proxyOptions", proxy.options())));
    publish(1);

    assertThat(awaitSettled(1).delivered()).isEqualTo(1);
    assertThat(proxy.asked).containsExactly("POST http://siem.example/in?a=b");
  }

  @Test
  void forbiddenAddressesAreRefusedAtSetBehindAProxyToo() {
    Proxy proxy = new Proxy();
    deploy(options().setClient(new JsonObject().put("proxyOptions", proxy.options())));

    assertThat(refusal(client.setUrl("http://169.254.169.254/latest")))
        .hasMessage("url: forbidden address 169.254.169.254");
    assertThat(refusal(client.setUrl("http://0xa9fea9fe/")))
        .hasMessage("url: forbidden address 169.254.169.254");
    assertThat(refusal(client.setUrl("http://metadata.google.internal/")))
        .hasMessage("url: forbidden host metadata.google.internal");
    assertThat(proxy.asked).isEmpty();
  }
}
