package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.http.RawClient;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole service in little memory, and those who mean it no good: each has its answer, the
 * liveness probe always has its own, and when they have gone nothing is left of them.
 */
@Timeout(180)
class HostileClientsTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String ADMIN = "admin-token-of-this-test";
  private static final String INGEST = "ingest-token-of-this-test";
  private static final int MIB = 1024 * 1024;

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final AtomicInteger peers = new AtomicInteger();
  private int port;

  @AfterEach
  void close() {
    threads.shutdownNow();
    vertx.close().await();
  }

  /** What a client does, and what the answers must look like, the empty one of a cut included. */
  private record Hostile(String name, String answer, Behaviour behaviour) {}

  /** Gives the first line of each answer. */
  @FunctionalInterface
  private interface Behaviour {
    List<String> run(String from) throws Exception;
  }

  private final List<Hostile> hostiles = new ArrayList<>();

  private void sends(String name, String answer, String request) {
    hostiles.add(
        new Hostile(
            name,
            answer,
            from -> {
              String line = exchange(from, request);
              // Where others take all the room, it is worth another try.
              while (line.contains(" 503 ") && !answer.contains("503")) {
                line = exchange(from, request);
              }
              return List.of(line);
            }));
  }

  private String exchange(String from, String request) throws Exception {
    try (RawClient client = new RawClient(port, from)) {
      client.trySend(request);
      return firstLine(client.readToEnd());
    }
  }

  private void does(String name, String answer, Behaviour behaviour) {
    hostiles.add(new Hostile(name, answer, behaviour));
  }

  private static String firstLine(String answer) {
    return answer.lines().findFirst().orElse("");
  }

  private static String token(String token) {
    return "Authorization: Bearer " + token + "\r\n";
  }

  private static String get(String path, String headers) {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + headers + "\r\n";
  }

  private static String post(String path, String token, String body) {
    return send("POST", path, token, body);
  }

  private static String send(String method, String path, String token, String body) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: "
        + body.length()
        + "\r\n"
        + token(token)
        + "\r\n"
        + body;
  }

  private static String framed(String headers, String body) {
    return "POST /audit HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
        + token(ADMIN)
        + headers
        + "\r\n"
        + body;
  }

  private void withTokens() {
    sends("without a token", " 401 ", get("/webhook", ""));
    sends("with a wrong one", " 401 ", get("/webhook", token("wrong")));
    sends("with an empty one", " 401 ", get("/webhook", "Authorization: Bearer \r\n"));
    sends("with two", " 401 ", get("/webhook", token(ADMIN) + token(ADMIN)));
    sends("with a password", " 401 ", get("/webhook", "Authorization: Basic YWRtaW46YQ==\r\n"));
    sends("with more than the token", " 401 ", get("/webhook", token(ADMIN + "x")));
    sends("with a part of it", " 401 ", get("/webhook", token(ADMIN.substring(1))));
    sends("token in the query", " 401 ", get("/webhook?access_token=" + ADMIN, ""));
    sends("producer reads", " 403 ", get("/webhook", token(INGEST)));
    sends("producer scrapes", " 403 ", get("/metrics", token(INGEST)));
    sends("producer redirects", " 403 ", send("PUT", "/webhook", INGEST, "{\"url\":\"\"}"));
    sends("producer purges", " 403 ", post("/webhook/dlq/purge", INGEST, "{\"all\":true}"));
    sends("page of another site", " 401 ", get("/webhook", "Origin: http://evil.example\r\n"));
    sends("cookie of another site", " 401 ", get("/webhook", "Cookie: token=" + ADMIN + "\r\n"));
    sends(
        "stranger's body",
        " 401 ",
        "POST /audit HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{");
    sends(
        "stranger who expects to continue",
        " 401 ",
        "POST /audit HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
  }

  private void smuggle() {
    sends(
        "two framings",
        " 400 ",
        framed("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
    sends("two lengths", " 400 ", framed("Content-Length: 2\r\nContent-Length: 3\r\n", "{}"));
    sends("length in words", " 400 ", framed("Content-Length: two\r\n", "{}"));
    sends("length below zero", " 400 ", framed("Content-Length: -1\r\n", "{}"));
    sends("length with a sign", " 400 ", framed("Content-Length: +2\r\n", "{}"));
    sends("list of lengths", " 400 ", framed("Content-Length: 2, 2\r\n", "{}"));
    sends("blank before the colon", " 400 ", framed("Content-Length : 2\r\n", "{}"));
    sends("unknown coding", " 400 ", framed("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"));
    sends(
        "coding after chunked",
        " 400 ",
        framed("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"));
    sends(
        "coding twice",
        " 400 ",
        framed("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
    sends("no chunk size", " 400 ", framed("Transfer-Encoding: chunked\r\n", "zz\r\n"));
    sends("giant chunk", " 400 ", framed("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n"));
    sends(
        "chunked HTTP/1.0",
        " 400 ",
        "POST /audit HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    sends("no host", " 400 ", "GET /webhook HTTP/1.1\r\n\r\n");
    sends("two hosts", " 400 ", "GET /webhook HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    sends("host that is none", " 400 ", "GET /webhook HTTP/1.1\r\nHost: ///\r\n\r\n");
    sends("version of the future", " (400|501) |^$", "GET /webhook HTTP/9.9\r\nHost: h\r\n\r\n");
    sends("HTTP/2 unasked", " (400|501) |^$", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    sends(
        "TLS without TLS", " 400 |^$", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n");
    sends("zeros", " 400 |^$", "\u0000\u0000\u0000\u0000\r\n\r\n");
    sends(
        "upgrade to HTTP/2",
        " 200 ",
        get("/health/live", "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"));
    sends(
        "upgrade to a web socket",
        " 401 ",
        get(
            "/webhook",
            "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"));
  }

  private void loseTheirWay() {
    sends("endless line", " 414 ", "GET /" + "y".repeat(MIB) + " HTTP/1.1\r\n");
    sends("endless header", " 431 ", "GET / HTTP/1.1\r\nHost: h\r\nX: " + "y".repeat(MIB));
    sends(
        "header without end",
        " 431 ",
        "GET / HTTP/1.1\r\nHost: h\r\n" + "X: y\r\n".repeat(100_000));
    sends("escape that is none", " 400 ", get("/%zz", token(ADMIN)));
    sends("zero in the path", " 40[014] ", get("/health/live%00", ""));
    sends("way out of the public part", " 401 ", get("/health/live/../../webhook", ""));
    sends("escaped way out", " 401 ", get("/health/%2e%2e/webhook", ""));
    sends("way to a file", " 401 ", get("/console/..%2f..%2f..%2fetc%2fpasswd", ""));
    sends("way to nowhere", " 404 ", get("/admin.php", token(ADMIN)));
    sends("wrong method", " 405 ", send("PATCH", "/webhook", ADMIN, "{}"));
    sends(
        "trace",
        " 40[05] ",
        "TRACE /webhook HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + token(ADMIN) + "\r\n");
    sends(
        "tunnel", " 4\\d\\d |^$", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    sends("page without end", " 400 ", get("/webhook/dlq?limit=1000000000", token(ADMIN)));
    sends("parameter that means nothing", " 400 ", get("/webhook/dlq?event_id=7", token(ADMIN)));
    sends("id that is none", " 400 ", send("DELETE", "/webhook/dlq/x", ADMIN, ""));
    sends(
        "metadata host",
        " 400 ",
        send("PUT", "/webhook", ADMIN, "{\"url\":\"http://169.254.169.254/\"}"));
    sends(
        "file as a receiver",
        " 400 ",
        send("PUT", "/webhook", ADMIN, "{\"url\":\"file:///etc/passwd\"}"));
    sends(
        "password in a URL",
        " 400 ",
        send("PUT", "/webhook", ADMIN, "{\"url\":\"http://a:b@h/\"}"));
  }

  private void sendBadBodies() {
    sends("giant that is only told", " 413 ", framed("Content-Length: 1099511627776\r\n", ""));
    sends("a byte too many", " 413 ", post("/audit", ADMIN, " ".repeat(MIB + 1)));
    sends(
        "a chunk too many",
        " 413 ",
        framed("Transfer-Encoding: chunked\r\n", "100001\r\n" + " ".repeat(MIB + 1)));
    sends("deep arrays", " (400|503) ", post("/audit", INGEST, "[".repeat(MIB)));
    sends("deep objects", " (400|503) ", post("/audit", INGEST, "{\"a\":".repeat(200_000)));
    sends("many objects", " (400|503) ", post("/audit", INGEST, heavy()));
    sends("many keys", " (400|503) ", post("/audit", INGEST, keys()));
    sends(
        "many objects as a configuration",
        " (400|503) ",
        send("PUT", "/endpoints/x", ADMIN, heavy()));
    sends(
        "endless number",
        " 400 ",
        post("/audit", INGEST, "{\"action\":\"a\",\"details\":" + "9".repeat(500_000) + "}"));
    sends("key twice", " 400 ", post("/audit", INGEST, "{\"action\":\"a\",\"action\":\"b\"}"));
    sends("byte-order mark", " 400 ", post("/audit", INGEST, "\u00ef\u00bb\u00bf{}"));
    sends("no UTF-8", " 400 ", post("/audit", INGEST, "{\"action\":\"\u00ff\"}"));
    sends("half a character", " 400 ", post("/audit", INGEST, "{\"action\":\"\\ud800\"}"));
    sends("no entry", " 400 ", post("/audit", INGEST, "7"));
    sends("nothing", " 400 ", post("/audit", INGEST, ""));
    sends("action that is none", " 400 ", post("/audit", INGEST, "{\"action\":{}}"));
    sends(
        "large entry",
        " (400|503) ",
        post("/audit", INGEST, "{\"action\":\"" + "a".repeat(MIB / 2) + "\"}"));
    sends("more entries than a body may have", " 413 ", entries("{}\n".repeat(1_001)));
    sends("a million lines without one", " 400 ", entries("\n".repeat(MIB)));
    sends("entries that are none", " 200 ", entries("[\n{\n\u0000\n\"\n".repeat(250)));
    sends(
        "heavy entries", " (200|503) ", entries((heavy().substring(0, 1_000) + "\n").repeat(999)));
  }

  private static String entries(String lines) {
    return post("/audit", INGEST, lines)
        .replaceFirst("\r\n", "\r\nContent-Type: application/x-ndjson\r\n");
  }

  private static String heavy() {
    return "[" + "{\"\":0},".repeat(MIB / 7 - 10) + "0]";
  }

  private static String keys() {
    StringBuilder keys = new StringBuilder("{");
    for (int i = 0; keys.length() < MIB - 20; i++) {
      keys.append('"').append(Integer.toString(i, 36)).append("\":[],");
    }
    return keys.append("\"\":0}").toString();
  }

  private void flood() {
    String stalled = "POST /audit HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n";
    does("1 500 idle connections", " 200 ", from -> crowd(from, 1_500, ""));
    does(
        "1 500 that drip headers",
        " 200 ",
        from -> crowd(from, 1_500, "GET /webhook HTTP/1.1\r\nX"));
    does(
        "260 stalled bodies of a producer",
        " 200 ",
        from -> crowd(from, 260, stalled + token(INGEST) + "\r\n" + " ".repeat(100_000)));
    does("300 stalled bodies of strangers", " 200 ", from -> crowd(from, 300, stalled + "\r\n {"));
    does("40 who read no dead letters", " 200 ", from -> crowd(from, 40, asking("/webhook/dlq")));
    does(
        "400 who read no files",
        " 200 ",
        from -> crowd(from, 400, asking("/console/pico.min.css")));
    does("100 who read no metrics", " 200 ", from -> crowd(from, 100, asking("/metrics")));
    does("64 streams", " 200 | 503 ", this::streams);
    does("2 000 connections that end at once", " 200 ", from -> connects(from, 2_000, false));
    does("1 000 that are reset", " 200 ", from -> connects(from, 1_000, true));
    does(
        "100 wrong tokens at once",
        " 401 |^$",
        from -> all(from, 100, get("/webhook", token("wrong"))));
    does(
        "60 heavy bodies at once",
        " (400|503) |^$",
        from -> all(from, 60, post("/audit", INGEST, heavy())));
    does(
        "60 wide bodies at once",
        " (400|503) |^$",
        from -> all(from, 60, post("/audit", INGEST, keys())));
    does("1 000 requests on one connection", " 200 ", this::pipeline);
  }

  private static String asking(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\n" + token(ADMIN) + "\r\n";
  }

  /** Many that stay, from one address; then one more of it asks whether the service is alive. */
  private List<String> crowd(String from, int size, String begin) throws Exception {
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < size; i++) {
        RawClient client = new RawClient(port, from);
        clients.add(client);
        client.trySend(begin);
      }
      return all(from, 1, get("/health/live", ""));
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  /** Many at once, each of whom reads its answer. */
  private List<String> all(String from, int size, String request) throws Exception {
    List<RawClient> clients = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    try {
      for (int i = 0; i < size; i++) {
        RawClient client = new RawClient(port, from);
        clients.add(client);
        client.trySend(request);
      }
      for (RawClient client : clients) {
        answers.add(firstLine(client.readToEnd()));
      }
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
    return answers;
  }

  private List<String> streams(String from) throws Exception {
    List<RawClient> clients = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        RawClient client = new RawClient(port, from);
        clients.add(client);
        answers.add(firstLine(client.send(asking("/webhook/attempts")).readAnswer()));
      }
      assertThat(answers).filteredOn(line -> line.contains(" 200 ")).hasSize(8);
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
    return answers;
  }

  private List<String> connects(String from, int times, boolean reset) throws Exception {
    for (int i = 0; i < times; i++) {
      try (Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(from), 0)) {
        socket.setSoLinger(reset, 0);
      }
    }
    return all(from, 1, get("/health/live", ""));
  }

  private List<String> pipeline(String from) throws Exception {
    List<String> answers = new ArrayList<>();
    try (RawClient client = new RawClient(port, from)) {
      client.send("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n".repeat(1_000));
      for (int i = 0; i < 1_000; i++) {
        answers.add(firstLine(client.readAnswer()));
      }
    }
    return answers;
  }

  @Test
  void eachHasItsAnswerAndTheProbeHasItsOwn() throws Exception {
    withTokens();
    smuggle();
    loseTheirWay();
    sendBadBodies();
    flood();
    assertThat(hostiles).hasSizeGreaterThanOrEqualTo(60);

    try (JarProcess process = start()) {
      fillWithDeadLetters();
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger alive = new AtomicInteger();
      Future<?> probe = threads.submit(() -> probe(over, alive));
      long before = usedHeap(process.pid());
      List<String> wrong = new ArrayList<>(attack());
      wrong.addAll(attack());
      over.set(true);
      probe.get();
      assertThat(wrong).isEmpty();
      assertThat(alive.get()).isGreaterThan(10);
      // What was in hand when they went is worked off first.
      await().atMost(LIMIT).until(() -> usedHeap(process.pid()) < before + 16L * MIB);
      assertThat(resident(process.pid())).as("bytes in memory").isLessThan(500L * MIB);
      assertThat(process.isAlive()).isTrue();
      assertThat(process.err().lines().filter(line -> !line.contains(" is a dead letter of ")))
          .as("what strangers can have written to the log")
          .hasSizeLessThan(20);
      assertThat(process.err()).doesNotContain("OutOfMemoryError");
      assertThat(process.out()).doesNotContain("OutOfMemoryError", "LEAK");
      assertItStillWorks();
    }
  }

  private JarProcess start() throws Exception {
    int receiver =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    request
                        .body()
                        .onSuccess(
                            body ->
                                request
                                    .response()
                                    .setStatusCode(body.toString().contains("refused") ? 400 : 204)
                                    .end()))
            .listen(0, "127.0.0.1")
            .await()
            .actualPort();
    JsonObject webhook = new JsonObject().put("url", "http://127.0.0.1:" + receiver + "/in");
    JsonObject http =
        new JsonObject().put("port", 0).put("adminToken", ADMIN).put("ingestToken", INGEST);
    Path conf =
        Files.writeString(
            directory.resolve("service.json"),
            new JsonObject().put("webhook", webhook).put("http", http).encode());
    JarProcess process =
        JarProcess.start(
            directory,
            Map.of(),
            List.of(),
            List.of("-Xmx200m", "-cp", System.getProperty("java.class.path")),
            "serve",
            conf.toString());
    await().atMost(LIMIT).until(() -> process.out().contains("Listening on "));
    port = Integer.parseInt(process.out().replaceFirst("(?s).*Listening on \\S+:(\\d+).*", "$1"));
    return process;
  }

  private void fillWithDeadLetters() throws Exception {
    String entry =
        new JsonObject().put("action", "refused").put("details", "x".repeat(60_000)).encode();
    for (int i = 0; i < 80; i++) {
      assertThat(RawClient.exchange(port, post("/audit", INGEST, entry))).contains(" 202 ");
    }
    await().atMost(LIMIT).until(() -> state().getInteger("failed") == 80);
  }

  private JsonObject state() throws Exception {
    String answer = RawClient.exchange(port, get("/webhook", token(ADMIN)));
    return new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4));
  }

  private void probe(AtomicBoolean over, AtomicInteger alive) {
    while (!over.get()) {
      try {
        String answer = RawClient.exchange(port, get("/health/live", ""));
        assertThat(answer).startsWith("HTTP/1.1 200 ");
        alive.incrementAndGet();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** All of them, some at a time, each from an address of its own; gives what went wrong. */
  private List<String> attack() throws Exception {
    List<Future<String>> running = new ArrayList<>();
    for (Hostile hostile : hostiles) {
      int peer = peers.incrementAndGet();
      String from = "127.1." + peer / 250 + "." + (1 + peer % 250);
      running.add(threads.submit(() -> fault(hostile, from)));
    }
    List<String> faults = new ArrayList<>();
    for (Future<String> one : running) {
      faults.add(one.get());
    }
    return faults.stream().filter(fault -> !fault.isEmpty()).toList();
  }

  private static String fault(Hostile hostile, String from) {
    Pattern expected = Pattern.compile(hostile.answer);
    try {
      List<String> answers = hostile.behaviour.run(from);
      return answers.stream()
          .filter(line -> !expected.matcher(line).find())
          .findFirst()
          .map(line -> hostile.name + ": " + line)
          .orElse("");
    } catch (Exception | AssertionError e) {
      return hostile.name + ": " + e;
    }
  }

  private long usedHeap(long pid) throws Exception {
    jcmd(pid, "GC.run");
    Matcher used = Pattern.compile("total \\d+K, used (\\d+)K").matcher(jcmd(pid, "GC.heap_info"));
    long sum = 0;
    while (used.find()) {
      sum += 1024 * Long.parseLong(used.group(1));
    }
    assertThat(sum).isPositive();
    return sum;
  }

  private String jcmd(long pid, String command) throws Exception {
    Path out = Files.createTempFile(directory, "jcmd", ".txt");
    String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process =
        new ProcessBuilder(tool, String.valueOf(pid), command)
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(out)).isZero();
    return Files.readString(out);
  }

  private static long resident(long pid) throws Exception {
    Matcher line =
        Pattern.compile("VmRSS:\\s+(\\d+) kB")
            .matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
    assertThat(line.find()).isTrue();
    return 1024 * Long.parseLong(line.group(1));
  }

  private void assertItStillWorks() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(RawClient.exchange(port, post("/audit", INGEST, "{\"action\":\"user.login\"}")))
          .startsWith("HTTP/1.1 202 ");
    }
    await().atMost(LIMIT).until(() -> state().getInteger("pending") == 0);
    JsonObject state = state();
    long sum =
        new JsonArray(List.of("delivered", "failed", "dropped", "discarded", "pending"))
            .stream().mapToLong(word -> state.getLong((String) word)).sum();
    assertThat(state.getLong("received")).isEqualTo(sum).isEqualTo(100);
    assertThat(state.getLong("delivered")).isEqualTo(20);
  }
}
