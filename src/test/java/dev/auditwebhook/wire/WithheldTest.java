package dev.auditwebhook.wire;

import static dev.auditwebhook.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.testing.Certificates;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.RawEffect;
import dev.auditwebhook.testing.RawReceiver;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.TokenEndpoint;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PfxOptions;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A request that may not begin any more, as whatever comes before it took too long, is not sent;
 * the next one is, once it may.
 */
class WithheldTest extends SenderScenario {

  private static final String SERVER = "siem.example";

  @TempDir private static Path dir;

  private static Certificates certificates;
  private static PfxOptions key;

  private final AtomicInteger accepted = new AtomicInteger();
  private final NetClient toReceiver = vertx.createNetClient();
  private final Promise<Void> ready = Promise.promise();
  private final EndpointOptions options =
      new EndpointOptions().setAttemptTimeout(20_000).setMaxInFlight(1);
  private ScriptedReceiver receiver;
  private Destination destination;
  private volatile boolean mayBegin = true;

  @BeforeAll
  static void makeCertificates() {
    certificates = new Certificates(dir);
    key = certificates.issue(SERVER, "dns:" + SERVER);
  }

  @BeforeEach
  void listen() {
    receiver = ScriptedReceiver.start(vertx);
    goTo(receiver.url());
  }

  private void goTo(String url) {
    options.setUrl(url);
    destination = UrlPolicy.vet(url, true);
  }

  private WebClientSender sender() {
    return sender(Future.succeededFuture(List.of(InetAddress.getLoopbackAddress())));
  }

  private WebClientSender sender(Future<List<InetAddress>> addresses) {
    return sender(options, addresses, () -> mayBegin);
  }

  private Future<Answer> send(WebClientSender sender) {
    return send(sender, destination, event(1));
  }

  /** What is under way takes until it may not begin any more. */
  private void assertWithheld(Future<Answer> answer) {
    mayBegin = false;
    onContext(ready::tryComplete);
    assertThat(result(answer)).isSameAs(Answer.WITHHELD);
  }

  private void assertSentOnceItMayBegin(WebClientSender sender) {
    mayBegin = true;
    assertThat(result(send(sender)).status()).isEqualTo(204);
    assertThat(receiver.requests()).hasSize(1);
    assertThat(receiver.takeRequest().messageId()).isEqualTo("msg_1");
    result(onContext(sender::retire));
  }

  @Test
  void theTokenCameTooLate() {
    TokenEndpoint idp = TokenEndpoint.start(vertx);
    idp.server()
        .then(TokenEndpoint.json(200, "{\"access_token\":\"late\"}").heldBackUntil(ready.future()));
    options.setAuth(idp.auth());
    WebClientSender sender = sender();
    Future<Answer> answer = send(sender);
    idp.server().takeRequest();

    assertWithheld(answer);

    assertThat(receiver.requests()).isEmpty();
    assertSentOnceItMayBegin(sender);
    assertThat(receiver.lastRequest().headers().get("authorization")).isEqualTo("Bearer late");
    assertThat(idp.requests()).hasSize(1);
  }

  @Test
  void theAddressWasFoundTooLate() {
    goTo("http://" + SERVER + ":" + receiver.port() + "/in");
    WebClientSender sender =
        sender(ready.future().map(v -> List.of(InetAddress.getLoopbackAddress())));

    assertWithheld(send(sender));

    assertThat(receiver.requests()).isEmpty();
    assertSentOnceItMayBegin(sender);
  }

  @Test
  void theBodyWasCompressedTooLate() {
    options.setCompression(EndpointOptions.GZIP);
    byte[] large = new byte[4 * Gzip.AT_ONCE];
    WebClientSender sender = sender();
    Future<Answer> answer =
        onContext(
            () -> {
              Event event = new Event(1, "large", large, 1);
              Future<Answer> sent = sender.send(destination, 0, "msg_1", List.of(event));
              mayBegin = false;
              return sent;
            });

    assertWithheld(answer);

    assertThat(receiver.requests()).isEmpty();
    assertSentOnceItMayBegin(sender);
  }

  /** Listens before the receiver, and lets bytes through once it is {@link #ready}. */
  private int slowly() {
    return result(
            vertx
                .createNetServer()
                .connectHandler(
                    client -> {
                      accepted.incrementAndGet();
                      client.pause();
                      Context own = vertx.getOrCreateContext();
                      ready.future().onSuccess(v -> own.runOnContext(now -> passOn(client)));
                    })
                .listen(0, "127.0.0.1"))
        .actualPort();
  }

  private void passOn(NetSocket client) {
    toReceiver
        .connect(receiver.port(), "127.0.0.1")
        .onSuccess(
            server -> {
              server.pipeTo(client);
              client.pipeTo(server);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
  void theConnectionWasMadeTooLate(String version) {
    receiver =
        ScriptedReceiver.start(
            vertx, new HttpServerOptions().setSsl(true).setUseAlpn(true).setKeyCertOptions(key));
    options.setClient(certificates.trusting().put("protocolVersion", version).put("useAlpn", true));
    goTo("https://" + SERVER + ":" + slowly() + "/in");
    WebClientSender sender = sender();
    Future<Answer> answer = send(sender);
    await().until(() -> accepted.get() == 1);

    assertWithheld(answer);

    assertThat(receiver.requests()).isEmpty();
    assertSentOnceItMayBegin(sender);
    assertThat(receiver.lastRequest().version()).hasToString(version);
  }

  @Test
  void theReceiverHadClosedTheConnection() {
    RawReceiver raw =
        RawReceiver.start(
            vertx, request -> request.nth() == 1 ? RawEffect.noContent() : this::closeTooLate);
    goTo(raw.url());
    WebClientSender sender = sender();
    assertThat(result(send(sender)).status()).isEqualTo(204);

    assertThat(result(send(sender))).isSameAs(Answer.WITHHELD);

    assertThat(raw.requests()).as("of the third connection").hasSize(2);
    mayBegin = true;
    assertThat(result(send(sender)).status()).isEqualTo(204);
    assertThat(raw.requests()).hasSize(3);
  }

  private void closeTooLate(NetSocket socket) {
    mayBegin = false;
    socket.close();
  }

  @Test
  void theReceiverRefusedTheToken() {
    TokenEndpoint idp = TokenEndpoint.start(vertx);
    options.setAuth(idp.auth());
    receiver.then(
        (server, request) -> {
          mayBegin = false;
          Effect.status(401).play(server, request);
        });
    WebClientSender sender = sender();

    assertThat(result(send(sender))).isSameAs(Answer.WITHHELD);

    assertThat(receiver.requests()).hasSize(1);
    mayBegin = true;
    assertThat(result(send(sender)).status()).isEqualTo(204);
    assertThat(receiver.lastRequest().headers().get("authorization")).isEqualTo("Bearer token-2");
  }

  @Test
  void whatIsOnItsWayAlreadyGetsItsAnswer() {
    receiver.then(Effect.status(503).heldBackUntil(ready.future()));
    Future<Answer> answer = send(sender());
    receiver.takeRequest();
    mayBegin = false;
    onContext(ready::tryComplete);
    assertThat(result(answer).status()).isEqualTo(503);
  }

  @Test
  void aTestIsWithheldAsWell() {
    mayBegin = false;
    WebClientSender sender = sender();
    Future<Answer> answer =
        onContext(() -> sender.sendApart(destination, "msg_test", List.of(event(0))));
    assertThat(result(answer)).isSameAs(Answer.WITHHELD);
    assertThat(receiver.requests()).isEmpty();
    assertSentOnceItMayBegin(sender);
  }
}
