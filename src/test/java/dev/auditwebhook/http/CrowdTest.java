package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.http.guard.ClientLimits;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More connections than there is room for: who has something to ask gets in, and who gives way. */
@Timeout(60)
class CrowdTest {

  private static final int PEER = 4;
  private static final int ALL = 6;
  private static final String LIVE = "GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String ASK =
      "GET /webhook HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + Api.ADMIN + "\r\n\r\n";
  private static final String STALLED =
      "POST /audit HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nAuthorization: Bearer "
          + Api.ADMIN
          + "\r\n\r\n{";

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Message<Object>> held = new LinkedBlockingQueue<>();
  private final List<RawClient> clients = new ArrayList<>();
  private final int port = start();

  private int start() {
    new BusWebhook(vertx).handles("webhook.get", held::add);
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(Api.ADMIN);
    ClientLimits limits =
        new ClientLimits(1024, 60_000, 60_000, 100, ALL, PEER, 8192, 1 << 20, 1 << 20);
    return HttpService.start(vertx, options, limits).await().port();
  }

  @AfterEach
  void close() throws Exception {
    for (RawClient client : clients) {
      client.close();
    }
    vertx.close().await();
  }

  private RawClient open() throws Exception {
    return open("127.0.0.1");
  }

  private RawClient open(String from) throws Exception {
    RawClient client = new RawClient(port, from);
    clients.add(client);
    return client;
  }

  private static void assertServed(RawClient client) throws Exception {
    assertThat(client.send(LIVE).readAnswer()).startsWith("HTTP/1.1 200 ");
  }

  private static void assertCut(RawClient client) throws Exception {
    assertThat(client.readToEnd()).isEmpty();
  }

  @Test
  void theLongestIdleConnectionOfThePeerGivesWay() throws Exception {
    for (int i = 0; i < PEER; i++) {
      assertServed(open());
    }
    assertServed(clients.get(0));
    for (int i = 0; i < 10; i++) {
      assertServed(open());
      assertCut(clients.get(i == PEER - 1 ? 0 : i < PEER - 1 ? i + 1 : i));
    }
  }

  @Test
  void aConnectionThatTheServiceWorksOnNeverGivesWay() throws Exception {
    for (int i = 0; i < PEER; i++) {
      open().send(ASK);
    }
    List<Message<Object>> asked = new ArrayList<>();
    for (int i = 0; i < PEER; i++) {
      asked.add(held.poll(20, TimeUnit.SECONDS));
    }
    assertCut(open());
    assertServed(open("127.0.0.2"));
    asked.forEach(message -> message.reply(new JsonObject()));
    for (int i = 0; i < PEER; i++) {
      assertThat(clients.get(i).readAnswer()).startsWith("HTTP/1.1 200 ");
    }
    assertServed(open());
  }

  @Test
  void whereNoneIsIdleTheOneThatHasWaitedLongestForItsClientGivesWay() throws Exception {
    RawClient other = open("127.0.0.2");
    for (int i = 1; i <= 2 * PEER; i++) {
      open().send(STALLED).awaitSilence(200);
      assertServed(other);
      if (i > PEER) {
        assertCut(clients.get(i - PEER));
      }
    }
  }

  @Test
  void aReaderOfTheStreamGivesWayToo() throws Exception {
    RawClient reader = open();
    reader.send(ASK.replace("/webhook", "/webhook/attempts"));
    assertThat(reader.readAnswer()).contains("text/event-stream");
    for (int i = 1; i < PEER; i++) {
      open().send(ASK);
      held.poll(20, TimeUnit.SECONDS);
    }
    assertServed(open());
    assertThat(reader.readToEnd()).doesNotContain("HTTP/1.1");
  }

  @Test
  void onePeerThatTakesAllThereIsKeepsNoOtherOut() throws Exception {
    RawClient other = open("127.0.0.2");
    RawClient another = open("127.0.0.3");
    for (int i = 0; i < 50; i++) {
      open().trySend("GET /webh");
    }
    assertServed(other);
    assertServed(another);
    assertServed(open("127.0.0.4"));
    assertServed(open("127.0.0.5"));
    assertServed(other);
    assertServed(another);
  }

  @Test
  void livenessAnswersWhateverIsHeldOpen() throws Exception {
    for (int round = 0; round < 20; round++) {
      for (int peer = 1; peer < 10; peer++) {
        open("127.0.1." + peer).trySend(peer % 2 == 0 ? STALLED : "GET /w");
      }
      assertServed(open());
    }
  }

  @Test
  void aPlaceIsFreeAgainWhenItsConnectionIsClosed() throws Exception {
    for (int i = 0; i < PEER; i++) {
      RawClient gone = open().send(ASK);
      held.poll(20, TimeUnit.SECONDS);
      gone.close();
    }
    await().atMost(20, TimeUnit.SECONDS).until(() -> served());
  }

  private boolean served() throws Exception {
    try (RawClient client = new RawClient(port)) {
      return client.trySend(LIVE) && client.readAnswer().startsWith("HTTP/1.1 200 ");
    }
  }
}
