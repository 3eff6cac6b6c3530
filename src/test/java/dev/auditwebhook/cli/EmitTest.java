package dev.auditwebhook.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.HttpOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmitTest {

  private static final String ACCEPTED = "accepted %d, rejected %d";

  private final Vertx vertx = Vertx.vertx();
  private final Queue<Consumer<HttpServerResponse>> script = new ConcurrentLinkedQueue<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private HttpServer service;
  private Emit emit;

  @BeforeEach
  void listen() {
    service = vertx.createHttpServer().requestHandler(this::answer).listen(0, "127.0.0.1").await();
    emit = emit("http://127.0.0.1:" + service.actualPort());
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void sendsTheBytesOfEachLineInOrder() throws Exception {
    String first = "{ \"action\":\"a\", \"details\":{\"n\":123456789012345678901234567890.10} }";
    String second = "{\"action\":\"größe\",\"details\":\"\\u00e9 🚀\"}";

    assertThat(run("\n" + first + "\n  \r\n" + second)).isZero();

    assertThat(bodies).containsExactly(first, second);
    assertThat(seen).containsOnly("POST /audit Bearer secret-token application/json");
    assertThat(out()).isEqualTo(ACCEPTED.formatted(2, 0));
    assertThat(err()).isEmpty();
  }

  @Test
  void countsWhatIsRejectedAndGoesOn() throws Exception {
    script.add(status(202));
    script.add(problem(400, "action: must be a non-empty string"));
    script.add(status(202));

    assertThat(run("{\"action\":\"a\"}\n\n{}\n{\"action\":\"b\"}\n")).isEqualTo(1);

    assertThat(out()).isEqualTo(ACCEPTED.formatted(2, 1));
    assertThat(err()).isEqualTo("line 3: 400 action: must be a non-empty string");
  }

  @Test
  void sendsAgainWhatTheServiceHasNoRoomFor() throws Exception {
    script.add(problem(503, "the queue is full"));
    script.add(problem(429, "the quota is used up"));

    assertThat(run("{\"action\":\"a\"}\n{\"action\":\"b\"}\n")).isZero();

    assertThat(bodies)
        .containsExactly(
            "{\"action\":\"a\"}", "{\"action\":\"a\"}", "{\"action\":\"a\"}", "{\"action\":\"b\"}");
    assertThat(out()).isEqualTo(ACCEPTED.formatted(2, 0));
    assertThat(err().lines()).hasSize(1).first().asString().contains("503 the queue is full");
  }

  @Test
  void saysWhatTheServiceDiscards() throws Exception {
    script.add(response -> response.setStatusCode(202).end("{\"status\":\"discarded\"}"));

    assertThat(run("{\"action\":\"a\"}")).isZero();

    assertThat(out()).isEqualTo(ACCEPTED.formatted(1, 0));
    assertThat(err()).startsWith("1 of the accepted were discarded");
  }

  @ParameterizedTest
  @CsvSource({"401, ': 401, the token is not the service''s'", "403, ': 403 not with this token'"})
  void stopsAtTheFirstLineWhenTheTokenIsWrong(int status, String said) {
    script.add(problem(status, "not with this token"));

    assertThatThrownBy(() -> run("{\"action\":\"a\"}\n{\"action\":\"b\"}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(said);
    assertThat(bodies).hasSize(1);
    assertThat(out()).isEmpty();
  }

  @Test
  void stopsWhenNobodyListens() {
    // Not a port of the range for outgoing connections: another process could have it by now.
    emit = emit("http://127.0.0.1:1");

    assertThatThrownBy(() -> run("{\"action\":\"a\"}\n{\"action\":\"b\"}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("connection refused");
    assertThat(out()).isEmpty();
  }

  @Test
  void saysWhatIsMissing() {
    HttpOptions options = new HttpOptions();
    assertThatThrownBy(() -> Emit.to(options, false)).hasMessageStartingWith("http.adminToken: ");
    options.setIngestToken("the-token-of-the-producers");
    assertThat(Emit.to(options, false)).isNotNull();
    options.setPort(0);
    assertThatThrownBy(() -> Emit.to(options, false)).hasMessageStartingWith("http.port: ");
  }

  @Test
  void findsAServiceOnTheSameMachine() {
    assertThat(Service.url(new HttpOptions().setHost("0.0.0.0"), 80))
        .isEqualTo("http://127.0.0.1:80");
    assertThat(Service.url(new HttpOptions().setHost("::1"), 80)).isEqualTo("http://[::1]:80");
    assertThat(Service.url(new HttpOptions().setHost("audit.example"), 80))
        .isEqualTo("http://audit.example:80");
  }

  @Test
  void speaksTlsWhereTheServiceDoes() {
    HttpOptions options = new HttpOptions();
    assertThat(Service.url(options, 80)).isEqualTo("http://127.0.0.1:80");
    options.setHost("https://audit.example");
    assertThat(Service.url(options, 443)).isEqualTo("https://audit.example:443");
    options.setHost("0.0.0.0").setServer(new JsonObject().put("ssl", true));
    assertThat(Service.url(options, 443)).isEqualTo("https://127.0.0.1:443");
    options.setHost("http://audit.example");
    assertThat(Service.url(options, 80)).isEqualTo("http://audit.example:80");
  }

  private void answer(HttpServerRequest request) {
    seen.add(
        request.method()
            + " "
            + request.path()
            + " "
            + request.getHeader("Authorization")
            + " "
            + request.getHeader("Content-Type"));
    request
        .body()
        .onSuccess(
            body -> {
              bodies.add(body.toString());
              Consumer<HttpServerResponse> next = script.poll();
              (next == null ? status(202) : next).accept(request.response());
            });
  }

  private static Consumer<HttpServerResponse> status(int status) {
    return response -> response.setStatusCode(status).end("{\"status\":\"queued\"}");
  }

  private static Consumer<HttpServerResponse> problem(int status, String detail) {
    String body = new JsonObject().put("status", status).put("detail", detail).encode();
    return response -> response.setStatusCode(status).putHeader("Retry-After", "0").end(body);
  }

  private Emit emit(String url) {
    return new Emit(
        new EmitClient(url, "secret-token"),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private int run(String lines) throws IOException, InterruptedException {
    return emit.run(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8).strip();
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8).strip();
  }
}
