package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.http.guard.ClientLimits;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AttemptsRouteTest {

  private static final String ADDRESS = "webhook.attempts";
  private static final JsonObject PROBE = new JsonObject();
  private static final String PATH = "/webhook/attempts";
  private static final AttemptStream.Bounds BOUNDS =
      new AttemptStream.Bounds(2, 2, 60_000, 5, 256 * 1024);

  private final List<EventReader> readers = new ArrayList<>();
  private final HttpOptions options = new HttpOptions().setPort(0).setAdminToken(Api.ADMIN);
  private Vertx vertx;
  private HttpService service;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void close() throws IOException {
    for (EventReader reader : readers) {
      reader.close();
    }
    vertx.close().await();
  }

  private int serve(AttemptStream.Bounds bounds) {
    return serve(bounds, ClientLimits.DEFAULT);
  }

  private int serve(AttemptStream.Bounds bounds, ClientLimits limits) {
    service =
        HttpService.start(vertx, options, limits, new AttemptsRoute(vertx, options, bounds))
            .await();
    return service.port();
  }

  private EventReader read(int port, String path) throws IOException {
    EventReader reader = EventReader.open(port, path);
    readers.add(reader);
    return reader;
  }

  /** A reader that is sure to be sent what comes next. */
  private EventReader readFromNowOn(int port) throws IOException {
    return readFromNowOn(port, PATH);
  }

  private EventReader readFromNowOn(int port, String path) throws IOException {
    EventReader reader = read(port, path);
    assertThat(reader.head()).startsWith("HTTP/1.1 200 ");
    assertThat(reader.next()).isEqualTo(":");
    return reader;
  }

  private void publish(JsonObject attempt) {
    vertx.eventBus().publish(ADDRESS, attempt);
  }

  private boolean somebodyListens() {
    try {
      vertx.eventBus().request(ADDRESS, PROBE, new DeliveryOptions().setSendTimeout(1)).await();
      return true;
    } catch (ReplyException e) {
      return e.failureType() != ReplyFailure.NO_HANDLERS;
    }
  }

  private void awaitNobody() {
    await().atMost(10, TimeUnit.SECONDS).until(() -> !somebodyListens());
  }

  @Test
  void aCommentComesAtOnceAndThenOneEventAnAttempt() throws IOException {
    EventReader reader = readFromNowOn(serve(BOUNDS));
    assertThat(reader.head())
        .containsIgnoringCase("content-type: text/event-stream\r\n")
        .containsIgnoringCase("cache-control: no-store\r\n")
        .containsIgnoringCase("x-content-type-options: nosniff\r\n");
    List<JsonObject> attempts =
        List.of(
            new JsonObject("{\"event_id\":7,\"action\":\"a\\nb\",\"status\":204,\"error\":null}"),
            new JsonObject("{\"event_id\":8,\"action\":\"\\u2028\",\"status\":null}"));
    attempts.forEach(this::publish);
    for (JsonObject attempt : attempts) {
      assertThat(reader.next()).isEqualTo("data: " + attempt.encode());
    }
  }

  @Test
  void aHeartbeatKeepsAStreamAliveThatHasNothingToTell() throws IOException {
    int port =
        serve(
            new AttemptStream.Bounds(2, 2, 20, 5, 1024), new ClientLimits(1024, 100, 100, 100, 10));
    EventReader reader = readFromNowOn(port);
    for (int i = 0; i < 20; i++) {
      assertThat(reader.next()).isEqualTo(":");
    }
    publish(new JsonObject().put("event_id", 1));
    assertThat(reader.nextEvent()).isEqualTo("data: {\"event_id\":1}");
  }

  @Test
  void nobodyListensOnTheBusButForReaders() throws IOException {
    int port = serve(BOUNDS);
    awaitNobody();
    EventReader first = readFromNowOn(port);
    EventReader second = readFromNowOn(port);
    assertThat(somebodyListens()).isTrue();
    first.close();
    publish(new JsonObject().put("event_id", 1));
    assertThat(second.nextEvent()).isEqualTo("data: {\"event_id\":1}");
    assertThat(somebodyListens()).isTrue();
    second.close();
    awaitNobody();
  }

  @Test
  void readersAreBoundedAndAPlaceThatIsLeftIsFree() throws IOException {
    int port = serve(BOUNDS);
    EventReader first = readFromNowOn(port);
    readFromNowOn(port);
    Api api = new Api(port, Api.ADMIN);
    JsonObject problem = WebhookRoutesTest.assertProblem(api.call("GET", PATH), 503);
    assertThat(problem.getString("detail")).contains("2 places");
    first.close();
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> read(port, PATH).head().startsWith("HTTP/1.1 200 "));
  }

  @Test
  void readersWithOneTokenAreBoundedByThemselves() throws IOException {
    int port = serve(new AttemptStream.Bounds(32, 1, 60_000, 5, 256 * 1024));
    EventReader first = readFromNowOn(port);
    JsonObject problem =
        WebhookRoutesTest.assertProblem(new Api(port, Api.ADMIN).call("GET", PATH), 503);
    assertThat(problem.getString("detail"))
        .isEqualTo(
            "all 1 places of readers with the token admin are taken; close another console first");
    first.close();
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> read(port, PATH).head().startsWith("HTTP/1.1 200 "));
  }

  @Test
  void instancesHaveTheirPlacesInCommon() throws IOException {
    int one = HttpService.start(vertx, options).await().port();
    int other = HttpService.start(vertx, options).await().port();
    for (int i = 0; i < AttemptStream.Bounds.DEFAULT.readersOfToken(); i++) {
      assertThat(read(one, PATH).head()).startsWith("HTTP/1.1 200 ");
    }
    WebhookRoutesTest.assertProblem(new Api(other, Api.ADMIN).call("GET", PATH), 503);
  }

  @Test
  void aReaderThatFallsTooFarBehindIsDroppedAndTheOthersGoOn() throws IOException {
    int port = serve(BOUNDS);
    EventReader slow = readFromNowOn(port);
    EventReader good = readFromNowOn(port);
    String action = "x".repeat(64 * 1024);
    int sent = 0;
    while (slow.isOpenForServer()) {
      assertThat(++sent).as("attempts until the slow reader was dropped").isLessThan(1000);
      publish(new JsonObject().put("event_id", sent).put("action", action));
      assertThat(good.nextEvent()).startsWith("data: {\"event_id\":" + sent + ",");
    }
    publish(new JsonObject().put("event_id", 0));
    assertThat(good.nextEvent()).isEqualTo("data: {\"event_id\":0}");
    good.close();
    awaitNobody();
  }

  @Test
  void aStopEndsTheStreamsAtOnceAndInFull() throws Exception {
    EventReader reader = readFromNowOn(serve(new AttemptStream.Bounds(2, 2, 60_000, 60_000, 1024)));
    publish(new JsonObject().put("event_id", 1));
    long begun = System.nanoTime();
    service.stop().await(4, TimeUnit.SECONDS);
    assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(4));
    assertThat(reader.nextEvent()).isEqualTo("data: {\"event_id\":1}");
    assertThat(reader.next()).isNull();
    awaitNobody();
  }

  @Test
  void aReaderOfOneEndpointIsSentItsAttemptsAloneAndOneOfAllIsSentThemAll() throws IOException {
    BusWebhook webhook = BusWebhook.knowing(vertx, "default", "siem");
    int port = serve(new AttemptStream.Bounds(4, 4, 60_000, 5, 256 * 1024));
    EventReader all = readFromNowOn(port);
    assertThat(webhook.asked("webhook.get")).isEmpty();
    EventReader chosen = readFromNowOn(port, PATH + "?endpoint=siem");
    EventReader own = readFromNowOn(port, "/endpoints/siem/attempts");
    EventReader ofDefault = readFromNowOn(port, PATH + "?endpoint=default");
    List<JsonObject> attempts =
        List.of(
            new JsonObject("{\"endpoint\":\"default\",\"event_id\":7}"),
            new JsonObject("{\"endpoint\":\"siem\",\"event_id\":7}"),
            new JsonObject("{\"endpoint\":\"siem-2\",\"event_id\":7}"),
            new JsonObject("{\"endpoint\":7,\"event_id\":8}"),
            new JsonObject("{\"event_id\":9}"),
            new JsonObject("{\"endpoint\":\"siem\",\"event_id\":10}"),
            new JsonObject("{\"endpoint\":\"default\",\"event_id\":11}"));
    attempts.forEach(this::publish);

    for (JsonObject attempt : attempts) {
      assertThat(all.nextEvent()).isEqualTo("data: " + attempt.encode());
    }
    for (EventReader siem : List.of(chosen, own)) {
      assertThat(siem.nextEvent()).isEqualTo("data: " + attempts.get(1).encode());
      assertThat(siem.nextEvent()).isEqualTo("data: " + attempts.get(5).encode());
    }
    assertThat(ofDefault.nextEvent()).isEqualTo("data: " + attempts.get(0).encode());
    assertThat(ofDefault.nextEvent()).isEqualTo("data: " + attempts.get(6).encode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/webhook/attempts?endpoint=seim",
        "/webhook/attempts?endpoint=",
        "/webhook/attempts?endpoint=SIEM",
        "/endpoints/seim/attempts"
      })
  void theAttemptsOfAnEndpointThatIsNotThereAre404AndTakeNoPlace(String path) throws IOException {
    BusWebhook.knowing(vertx, "default", "siem");
    Api api = new Api(serve(BOUNDS), Api.ADMIN);
    for (int i = 0; i < 2 * BOUNDS.readers(); i++) {
      JsonObject problem = WebhookRoutesTest.assertProblem(api.call("GET", path), 404);
      assertThat(problem.getString("detail")).isEqualTo("endpoint: there is no such endpoint");
    }
    assertThat(api.call("HEAD", path).statusCode()).isEqualTo(404);
    awaitNobody();
    readFromNowOn(service.port());
  }

  @Test
  void headOfOneEndpointTellsTheTypeAndEnds() {
    BusWebhook.knowing(vertx, "siem");
    Api api = new Api(serve(BOUNDS), Api.ADMIN);
    HttpResponse<String> head = api.call("HEAD", "/endpoints/siem/attempts");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("content-type")).contains("text/event-stream");
    awaitNobody();
  }

  @Test
  void aReaderThatLeavesBeforeItsEndpointIsFoundTakesNoPlace() throws IOException {
    List<Message<Object>> asked = new CopyOnWriteArrayList<>();
    new BusWebhook(vertx).handles("webhook.get", asked::add);
    int port = serve(BOUNDS);
    for (int i = 1; i <= 2 * BOUNDS.readers(); i++) {
      EventReader gone = read(port, "/endpoints/siem/attempts");
      int readers = i;
      await().atMost(10, TimeUnit.SECONDS).until(() -> asked.size() == readers);
      gone.close();
    }
    asked.forEach(message -> message.reply(new JsonObject()));
    for (int i = 0; i < BOUNDS.readers(); i++) {
      await()
          .atMost(10, TimeUnit.SECONDS)
          .until(() -> read(port, PATH).head().startsWith("HTTP/1.1 200 "));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /webhook/attempts, wrong, 401",
    "GET, /webhook/attempts?endpoint=siem, wrong, 401",
    "GET, /endpoints/siem/attempts, wrong, 401",
    "HEAD, /endpoints/siem/attempts, wrong, 401",
    "GET, /endpoints/siem/attempts?endpoint=siem, admin-token-of-the-tests, 400",
    "GET, /webhook/attempts?endpoint=a&endpoint=b, admin-token-of-the-tests, 400",
    "POST, /endpoints/siem/attempts, admin-token-of-the-tests, 405",
    "GET, /endpoints/siem/attempts/, admin-token-of-the-tests, 404",
    "HEAD, /webhook/attempts, wrong, 401",
    "GET, /webhook/attempts?token=admin-token-of-the-tests, admin-token-of-the-tests, 400",
    "POST, /webhook/attempts, admin-token-of-the-tests, 405",
    "GET, /webhook/attempts/, admin-token-of-the-tests, 404"
  })
  void otherRequestsAreRefusedAsOnAllRoutes(String method, String path, String token, int status) {
    HttpResponse<String> response = new Api(serve(BOUNDS), token).call(method, path);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
    awaitNobody();
  }

  @Test
  void headTellsTheTypeAndEnds() {
    HttpResponse<String> head = new Api(serve(BOUNDS), Api.ADMIN).call("HEAD", PATH);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("content-type")).contains("text/event-stream");
    awaitNobody();
  }

  @Test
  void itWorksInTheRouterOfAHostAndEndsWithIt() throws Exception {
    Router host = Router.router(vertx);
    host.route("/admin/*").subRouter(ApiRouter.create(vertx, options));
    var server = vertx.createHttpServer().requestHandler(host).listen(0, "127.0.0.1").await();
    EventReader reader = read(server.actualPort(), "/admin" + PATH);
    assertThat(reader.next()).isEqualTo(":");
    publish(new JsonObject().put("event_id", 1));
    assertThat(reader.nextEvent()).isEqualTo("data: {\"event_id\":1}");
    server.close().await(10, TimeUnit.SECONDS);
    awaitNobody();
  }

  /** Reads server-sent events from a socket, as slowly as the test wants. */
  private static final class EventReader implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final StringBuilder read = new StringBuilder();
    private String head;

    private EventReader(Socket socket) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
      socket.setSoTimeout(10_000);
    }

    static EventReader open(int port, String path) throws IOException {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(16 * 1024);
      socket.connect(new java.net.InetSocketAddress("127.0.0.1", port));
      EventReader reader = new EventReader(socket);
      // HTTP/1.0 has no chunks, so that what is read is the stream itself.
      String request =
          "GET " + path + " HTTP/1.0\r\nHost: h\r\nAuthorization: Bearer " + Api.ADMIN + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return reader;
    }

    String head() throws IOException {
      if (head == null) {
        head = until("\r\n\r\n");
      }
      return head.replaceFirst("HTTP/1.0", "HTTP/1.1") + "\r\n";
    }

    /** The next block, without the empty line after it; null at the end. */
    String next() throws IOException {
      head();
      return until("\n\n");
    }

    /** The next block that is neither a comment nor this test's probe. */
    String nextEvent() throws IOException {
      String block = next();
      while (":".equals(block) || ("data: " + PROBE).equals(block)) {
        block = next();
      }
      return block;
    }

    private String until(String end) throws IOException {
      byte[] buffer = new byte[8192];
      int from = 0;
      int at;
      while ((at = read.indexOf(end, from)) < 0) {
        from = Math.max(0, read.length() - end.length());
        int n = in.read(buffer);
        if (n < 0) {
          return null;
        }
        read.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
      }
      byte[] block = read.substring(0, at).getBytes(StandardCharsets.ISO_8859_1);
      read.delete(0, at + end.length());
      return new String(block, StandardCharsets.UTF_8);
    }

    /** Whether the server still holds this connection; seen without reading from it. */
    boolean isOpenForServer() {
      try {
        socket.getOutputStream().write('\n');
        return true;
      } catch (IOException reset) {
        return false;
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
