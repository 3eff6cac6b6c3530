package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.http.guard.ClientLimits;
import dev.auditwebhook.testing.Certificates;
import dev.auditwebhook.testing.LogLines;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API over TLS, with certificates that change while it serves. */
@Timeout(90)
class HttpTlsTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir private static Path made;
  private static Certificates certificates;
  private static JsonObject serverKey;
  private static Path oneKey;
  private static Path otherKey;

  @TempDir Path served;
  private final Vertx vertx = Vertx.vertx();
  private final Map<String, String> peers = new ConcurrentHashMap<>();
  private HttpService service;

  @BeforeAll
  static void makeCertificates() {
    certificates = new Certificates(made);
    certificates.issue("one", "dns:localhost,ip:127.0.0.1");
    certificates.issue("other", "dns:localhost,ip:127.0.0.1");
    certificates.issue("billing", "dns:billing.example");
    certificates.issue("old", "dns:localhost", "-60d");
    oneKey = certificates.key("one");
    otherKey = certificates.key("other");
    serverKey = pem(oneKey, certificates.certificate("one"));
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private static JsonObject pem(Path key, Path certificate) {
    return new JsonObject()
        .put("ssl", true)
        .put(
            "pemKeyCertOptions",
            new JsonObject()
                .put("keyPath", key.toString())
                .put("certPath", certificate.toString()));
  }

  private static String text(LogLines log) {
    return String.join("\n", log.all());
  }

  private int start(JsonObject server) {
    return start(server, ClientLimits.DEFAULT);
  }

  private int start(JsonObject server, ClientLimits limits) {
    new BusWebhook(vertx)
        .replies("webhook.get", new JsonObject())
        .handles(
            "webhook.set",
            message -> {
              peers.put("set", String.valueOf(message.headers().get(WebhookAddresses.PEER)));
              message.reply(new JsonObject());
            });
    service = HttpService.start(vertx, options(server), limits).await();
    return service.port();
  }

  private static HttpOptions options(JsonObject server) {
    return new HttpOptions().setPort(0).setAdminToken(Api.ADMIN).setServer(server);
  }

  private static HttpClientOptions trusting() {
    return new HttpClientOptions()
        .setSsl(true)
        .setTrustOptions(new PemTrustOptions().addCertPath(certificates.authority()));
  }

  private int status(HttpClient client, HttpMethod method, int port, String path) {
    RequestOptions request =
        new RequestOptions()
            .setMethod(method)
            .setHost("localhost")
            .setPort(port)
            .setURI(path)
            .putHeader("Authorization", "Bearer " + Api.ADMIN);
    return client
        .request(request)
        .compose(ready -> ready.send(method == HttpMethod.PUT ? "{\"url\":\"\"}" : ""))
        .compose(answer -> answer.body().map(body -> answer.statusCode()))
        .await();
  }

  private static SSLSocket connect(int port) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (var in = Files.newInputStream(Path.of(certificates.authority()))) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    socket.startHandshake();
    return socket;
  }

  private static String subject(int port) throws Exception {
    try (SSLSocket socket = connect(port)) {
      Certificate[] chain = socket.getSession().getPeerCertificates();
      return ((X509Certificate) chain[0]).getSubjectX500Principal().getName();
    }
  }

  @Test
  void servesOverTls() throws Exception {
    int port = start(serverKey);
    assertThat(status(vertx.createHttpClient(trusting()), HttpMethod.GET, port, "/webhook"))
        .isEqualTo(200);
    assertThat(subject(port)).isEqualTo("CN=one");
    assertThat(RawClient.exchange(port, "GET /webhook HTTP/1.1\r\nHost: h\r\n\r\n"))
        .doesNotContain("HTTP/1.1 2");
  }

  @Test
  void keysMayStandInAStore() throws Exception {
    JsonObject store =
        new JsonObject()
            .put("path", made.resolve("one.p12").toString())
            .put("password", "changeit");
    int port = start(new JsonObject().put("ssl", true).put("pfxKeyCertOptions", store));
    assertThat(subject(port)).isEqualTo("CN=one");
  }

  @Test
  void http2IsSpokenWhereItIsAskedFor() {
    HttpClient client =
        vertx.createHttpClient(trusting().setProtocolVersion(HttpVersion.HTTP_2).setUseAlpn(true));
    assertThat(version(client, start(serverKey))).isEqualTo(HttpVersion.HTTP_1_1);
    HttpOptions both = options(serverKey.copy().put("useAlpn", true));
    int port = HttpService.start(vertx, both).await().port();
    assertThat(version(client, port)).isEqualTo(HttpVersion.HTTP_2);
  }

  private static HttpVersion version(HttpClient client, int port) {
    return client
        .request(HttpMethod.GET, port, "localhost", "/health/live")
        .compose(ready -> ready.send().compose(answer -> answer.body().map(answer.version())))
        .await();
  }

  @Test
  void aProducerIsKnownByItsCertificate() {
    JsonObject trust =
        new JsonObject().put("certPaths", new JsonArray().add(certificates.authority()));
    JsonObject mutual =
        serverKey.copy().put("clientAuth", "REQUIRED").put("pemTrustOptions", trust);
    int port = start(mutual);
    HttpClient stranger = vertx.createHttpClient(trusting());
    assertThatThrownBy(() -> status(stranger, HttpMethod.GET, port, "/webhook"))
        .hasMessageContaining("bad_certificate");
    HttpClient billing =
        vertx.createHttpClient(
            trusting()
                .setKeyCertOptions(
                    new io.vertx.core.net.PfxOptions()
                        .setPath(made.resolve("billing.p12").toString())
                        .setPassword("changeit")));
    assertThat(status(billing, HttpMethod.PUT, port, "/webhook")).isEqualTo(200);
    assertThat(peers).containsEntry("set", "127.0.0.1 (CN=billing)");
  }

  @Test
  void whereCertificatesAreAskedForAProbeNeedsNoneAndAWrongOneIsRefused(@TempDir Path elsewhere) {
    JsonObject trust =
        new JsonObject().put("certPaths", new JsonArray().add(certificates.authority()));
    int port = start(serverKey.copy().put("clientAuth", "REQUEST").put("pemTrustOptions", trust));

    HttpClient probe = vertx.createHttpClient(trusting());
    assertThat(status(probe, HttpMethod.GET, port, "/health/live")).isEqualTo(200);
    HttpClient impostor =
        vertx.createHttpClient(
            trusting()
                .setKeyCertOptions(new Certificates(elsewhere).issue("billing", "dns:billing")));
    assertThatThrownBy(() -> status(impostor, HttpMethod.GET, port, "/health/live"))
        .hasMessageContaining("certificate");
  }

  /** Puts another certificate where the server reads its own. */
  private void put(Path key, Path certificate) throws IOException {
    replace(key, served.resolve("key.pem"));
    replace(certificate, served.resolve("cert.pem"));
  }

  private static void replace(Path from, Path to) throws IOException {
    Path aside = Files.copy(from, to.resolveSibling(to.getFileName() + ".new"));
    Files.move(aside, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private int startFromFiles() throws IOException {
    put(oneKey, certificates.certificate("one"));
    return start(pem(served.resolve("key.pem"), served.resolve("cert.pem")));
  }

  @Test
  void anExchangedCertificateIsInUseWithinTenSecondsAndNoRequestIsLost() throws Exception {
    try (LogLines log = new LogLines()) {
      int port = startFromFiles();
      HttpClient kept = vertx.createHttpClient(trusting());
      HttpClient fresh = vertx.createHttpClient(trusting().setKeepAlive(false));
      AtomicBoolean exchanged = new AtomicBoolean();
      AtomicInteger served = new AtomicInteger();
      Thread load =
          new Thread(
              () -> {
                while (!exchanged.get() && !Thread.interrupted()) {
                  for (HttpClient client : List.of(kept, fresh)) {
                    if (status(client, HttpMethod.GET, port, "/webhook") == 200) {
                      served.incrementAndGet();
                    }
                  }
                }
              });
      AtomicInteger failed = new AtomicInteger();
      load.setUncaughtExceptionHandler((thread, failure) -> failed.incrementAndGet());
      load.start();
      await().until(() -> served.get() > 50);
      try (SSLSocket before = connect(port)) {
        put(otherKey, certificates.certificate("other"));
        await().atMost(LIMIT).until(() -> subject(port).equals("CN=other"));
        RawClient client = new RawClient(before);
        client.send("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ");
      }
      int then = served.get();
      await().until(() -> served.get() > then + 50 || failed.get() > 0);
      exchanged.set(true);
      load.join();
      assertThat(failed).hasValue(0);
      assertThat(text(log)).contains("Certificate: CN=one, valid until ");
      assertThat(text(log)).contains("Certificate exchanged: CN=other, valid until ");
    }
  }

  @Test
  void aHalfWrittenOrMismatchedCertificateLeavesTheFormerInUse() throws Exception {
    try (LogLines log = new LogLines()) {
      int port = startFromFiles();
      String whole = Files.readString(certificates.certificate("other"));
      Files.writeString(served.resolve("cert.pem"), whole.substring(0, 300));
      await().atMost(LIMIT).until(() -> text(log).contains("the former go on"));
      assertThat(subject(port)).isEqualTo("CN=one");
      Files.writeString(served.resolve("cert.pem"), whole);
      await().atMost(LIMIT).until(() -> text(log).contains("the key is not that of the cert"));
      assertThat(subject(port)).isEqualTo("CN=one");
      Files.delete(served.resolve("key.pem"));
      await().atMost(LIMIT).until(() -> text(log).contains("no such file"));
      assertThat(subject(port)).isEqualTo("CN=one");
      put(otherKey, certificates.certificate("other"));
      await().atMost(LIMIT).until(() -> subject(port).equals("CN=other"));
      assertThat(text(log)).doesNotContain("PRIVATE", "\tat ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0.0.0.0 | http.host: 0.0.0.0 is not loopback",
        ":: | http.host: :: is not loopback",
        "no.such.host.invalid | http: cannot listen on no.such.host.invalid port 0"
      })
  void withoutTlsItListensOnLoopbackAlone(String host, String refusal) {
    HttpOptions options = options(new JsonObject()).setHost(host);
    assertThatThrownBy(() -> HttpService.start(vertx, options).await())
        .hasMessageStartingWith(refusal)
        .message()
        .hasLineCount(1);
  }

  @Test
  void plainHttpElsewhereIsAWishOfItsOwn() {
    for (HttpOptions options :
        List.of(
            options(new JsonObject()).setHost("localhost"),
            options(new JsonObject()).setHost("0.0.0.0").setAllowPlaintext(true),
            options(serverKey).setHost("0.0.0.0"))) {
      assertThat(HttpService.start(vertx, options).await().port()).isPositive();
    }
  }

  @Test
  void whatCannotBeServedFailsInOneLineThatNamesTheKey() throws Exception {
    Path broken = Files.writeString(served.resolve("broken.pem"), "-----BEGIN");
    Path one = certificates.certificate("one");
    JsonObject store =
        new JsonObject()
            .put("path", made.resolve("one.p12").toString())
            .put("password", "hunter22");
    for (JsonObject server :
        List.of(
            pem(served.resolve("none.pem"), one),
            pem(oneKey, served.resolve("none.pem")),
            pem(broken, one),
            pem(oneKey, broken),
            pem(otherKey, one),
            new JsonObject().put("ssl", true).put("pfxKeyCertOptions", store))) {
      assertThatThrownBy(() -> HttpService.start(vertx, options(server)).await())
          .as(server.encode())
          .hasMessageMatching("http\\.server\\.(pem|pfx)KeyCertOptions: .*")
          .message()
          .hasLineCount(1)
          .doesNotContain("hunter22");
    }
  }

  @Test
  void aCertificateThatHasEndedIsTold() {
    try (LogLines log = new LogLines()) {
      start(pem(certificates.key("old"), certificates.certificate("old")));
      assertThat(text(log)).contains("CN=old, which has ended on");
    }
  }

  @Test
  void aClientThatDripsIsCutOverTlsToo() throws Exception {
    int port = start(serverKey, new ClientLimits(1024, 400, 400, 100, 64));
    for (String begin :
        List.of(
            "GET /health/live HTTP/1.1\r\nHost: h\r\nX: ",
            "POST /audit HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\nAuthorization: Bearer "
                + Api.ADMIN
                + "\r\n\r\n")) {
      try (RawClient client = new RawClient(connect(port))) {
        client.send(begin);
        int sent = 0;
        while (sent < 900 && client.trySend(" ") && client.awaitSilence(5)) {
          sent++;
        }
        assertThat(sent).as(begin).isLessThan(900);
      }
    }
  }

  @Test
  void whereTooManyDoNotShakeHandsTheOldestOfThePeerThatHasMostGivesWay() throws Exception {
    int port = start(serverKey, new ClientLimits(1024, 60_000, 60_000, 100, 16));
    List<RawClient> silent = new ArrayList<>();
    RawClient other = new RawClient(port, "127.0.0.2");
    try {
      for (int i = 0; i < 8; i++) {
        silent.add(new RawClient(port));
      }
      for (RawClient first : silent.subList(0, 5)) {
        assertThat(first.readToEnd()).isEmpty();
      }
      assertThat(subject(port)).isEqualTo("CN=one");
      assertThat(silent.get(7).awaitSilence(100)).isTrue();
      assertThat(other.awaitSilence(100)).isTrue();
    } finally {
      other.close();
      for (RawClient client : silent) {
        client.close();
      }
    }
  }

  @Test
  void whereEachPeerHasOneHandshakeTheOldestGivesWay() throws Exception {
    int port = start(serverKey, new ClientLimits(1024, 60_000, 60_000, 100, 16));
    List<RawClient> silent = new ArrayList<>();
    try {
      for (int peer = 2; peer < 8; peer++) {
        silent.add(new RawClient(port, "127.0.0." + peer));
      }
      for (RawClient first : silent.subList(0, 2)) {
        assertThat(first.readToEnd()).isEmpty();
      }
      assertThat(subject(port)).isEqualTo("CN=one");
      assertThat(silent.get(2).readToEnd()).isEmpty();
      assertThat(silent.get(5).awaitSilence(100)).isTrue();
    } finally {
      for (RawClient client : silent) {
        client.close();
      }
    }
  }

  @Test
  void aProxyMaySayWhomItSpeaksFor() throws Exception {
    int port = start(new JsonObject().put("useProxyProtocol", true));
    String put =
        "PUT /webhook HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 10\r\n"
            + "Authorization: Bearer %s\r\n\r\n{\"url\":\"\"}";
    assertThat(
            RawClient.exchange(
                port, "PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n" + put.formatted(Api.ADMIN)))
        .startsWith("HTTP/1.1 200 ");
    assertThat(peers).containsEntry("set", "192.0.2.7");
  }

  @Test
  void whoNeverShakesHandsIsCut() throws Exception {
    int port = start(serverKey);
    try (RawClient silent = new RawClient(port)) {
      assertThat(silent.readToEnd()).isEmpty();
    }
  }
}
