package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Webhooks.batches;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.Certificates;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A receiver that answers before it has read a request, and then reads no further, stops nobody.
 */
@EveryStore
class EarlyAnswersTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();

  private static final Pattern LARGE = Pattern.compile("(?i)content-length: *\\d{6,}\r");
  private static final Pattern REQUEST = Pattern.compile("POST ");
  private static final String UNAUTHORIZED =
      "HTTP/1.1 401 Unauthorized\r\ncontent-length: 4\r\n\r\nwho?";
  private static final String NO_CONTENT = "HTTP/1.1 204 No Content\r\n\r\n";
  private static final String LONG_TEXT = "x".repeat(14 << 20);
  private static final String TEXT = "x".repeat(50_000);

  private final AtomicInteger connections = new AtomicInteger();
  private final Set<NetSocket> unread = ConcurrentHashMap.newKeySet();
  private int port;

  /** Refuses what is large by its head, and keeps the connection. */
  private void receive(NetServerOptions options) {
    NetServer server = webhook.elsewhere().createNetServer(options);
    port = result(server.connectHandler(this::connected).listen(0, "127.0.0.1")).actualPort();
  }

  private void connected(NetSocket socket) {
    connections.incrementAndGet();
    socket.handler(
        data -> {
          String text = data.toString("ISO-8859-1");
          if (LARGE.matcher(text).find()) {
            socket.pause();
            unread.add(socket);
            socket.write(UNAUTHORIZED);
          } else {
            socket.write(NO_CONTENT.repeat((int) REQUEST.matcher(text).results().count()));
          }
        });
  }

  private WebhookOptions options() {
    return webhook
        .options()
        .setUrl("http://127.0.0.1:" + port + "/in")
        .setMaxInFlight(2)
        .setMaxAttempts(1)
        .setAttemptTimeout(15_000)
        .setMaxEntryBytes(16 << 20);
  }

  private void publish(int events, String text) {
    for (int i = 0; i < events; i++) {
      webhook.publish("large", new JsonObject().put("text", text));
    }
  }

  /** More of them than there may be connections at once. */
  private void largeOnesAreRefusedAndSmallOnesDelivered() {
    publish(3, LONG_TEXT);
    webhook.awaitState(state -> state.failed() == 3);
    assertThat(webhook.deadLetters())
        .allSatisfy(
            letter -> {
              assertThat(letter.status()).isEqualTo(401);
              assertThat(letter.response()).isEqualTo("who?");
            });

    webhook.publish(5);

    assertThat(webhook.awaitSettled(8).delivered()).isEqualTo(5);
  }

  @Test
  void largeEvents() {
    receive(new NetServerOptions());
    webhook.deploy(options());

    largeOnesAreRefusedAndSmallOnesDelivered();
  }

  @Test
  void largeEventsOverTls() {
    Certificates certificates = new Certificates(webhook.directory());
    receive(
        new NetServerOptions()
            .setSsl(true)
            .setKeyCertOptions(certificates.issue("localhost", "dns:localhost")));
    webhook.deploy(
        options().setUrl("https://localhost:" + port + "/in").setClient(certificates.trusting()));

    largeOnesAreRefusedAndSmallOnesDelivered();
  }

  @Test
  void largeEventsOnPipelinedConnections() {
    receive(new NetServerOptions());
    webhook.deploy(
        options()
            .setMaxInFlight(4)
            .setClient(new JsonObject().put("pipelining", true).put("pipeliningLimit", 4)));

    largeOnesAreRefusedAndSmallOnesDelivered();
  }

  /** They fit into the buffers of the sockets, so that they count as written. */
  @Test
  void batchesThatTheSocketsTake() {
    receive(new NetServerOptions().setReceiveBufferSize(16_384));
    webhook.deploy(batches(options(), 40, 3_000));
    publish(40, TEXT);
    webhook.awaitState(state -> state.failed() == 40);

    webhook.publish(5);

    assertThat(webhook.awaitSettled(45).delivered()).isEqualTo(5);
  }

  @Test
  void batchesOverHttp2() {
    HttpServer server =
        webhook
            .elsewhere()
            .createHttpServer(
                new HttpServerOptions()
                    .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(2)))
            .connectionHandler(connection -> connections.incrementAndGet())
            .requestHandler(
                request -> {
                  boolean large = Integer.parseInt(request.getHeader("content-length")) > 100_000;
                  if (large) {
                    request.pause();
                  }
                  request.response().setStatusCode(large ? 401 : 204).end();
                });
    port = result(server.listen(0, "127.0.0.1")).actualPort();
    webhook.deploy(
        batches(options(), 80, 3_000)
            .setClient(
                new JsonObject()
                    .put("protocolVersion", "HTTP_2")
                    .put("http2ClearTextUpgrade", false)));
    publish(80, TEXT);
    webhook.awaitState(state -> state.failed() == 80);

    webhook.publish(5);

    assertThat(webhook.awaitSettled(85).delivered()).isEqualTo(5);
    assertThat(connections).as("the stream is lost, not the connection").hasValue(1);
  }

  @Test
  void connectionsThatNobodyReadsAreNotKept() {
    receive(new NetServerOptions());
    webhook.deploy(options());
    publish(1, LONG_TEXT);
    webhook.awaitSettled(1);

    awaitTheEndOf(unread.iterator().next());
  }

  private void readNothing() {
    NetServer server = webhook.elsewhere().createNetServer();
    server.connectHandler(
        socket -> {
          socket.pause();
          unread.add(socket);
        });
    port = result(server.listen(0, "127.0.0.1")).actualPort();
  }

  @Test
  void norAreThoseThatNobodyReadsUntilTheDeadline() {
    readNothing();
    webhook.deploy(options().setAttemptTimeout(500));
    publish(1, LONG_TEXT);
    webhook.awaitSettled(1);

    awaitTheEndOf(unread.iterator().next());
  }

  @Test
  void anUndeployDoesNotWaitForWhoeverReadsNothing() {
    readNothing();
    webhook.deploy(options().setAttemptTimeout(60_000));
    publish(1, LONG_TEXT);
    await().until(() -> unread.size() == 1);

    webhook.undeploy();

    awaitTheEndOf(unread.iterator().next());
  }

  /** Reads at last: no more comes than the sockets had taken. */
  private void awaitTheEndOf(NetSocket socket) {
    AtomicLong bytes = new AtomicLong();
    AtomicInteger ends = new AtomicInteger();
    socket.handler((Buffer data) -> bytes.addAndGet(data.length()));
    socket.exceptionHandler(reset -> {});
    socket.closeHandler(closed -> ends.incrementAndGet());
    socket.resume();
    await().until(() -> ends.get() == 1);
    assertThat(bytes.get()).isLessThan(LONG_TEXT.length());
  }
}
