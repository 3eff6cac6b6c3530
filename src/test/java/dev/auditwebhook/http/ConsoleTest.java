package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ConsoleTest {

  private static final Pattern LINK = Pattern.compile("(?:src|href)=\"([^\"#]+)\"");
  private static final Pattern IMPORT = Pattern.compile("(?:from|import\\()\\s*\"\\./([^\"]+)\"");

  private final HttpOptions options = new HttpOptions().setPort(0).setAdminToken(Api.ADMIN);
  private Vertx vertx;
  private int port;

  @BeforeEach
  void serve() {
    vertx = Vertx.vertx();
    port = HttpService.start(vertx, options).await().port();
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private HttpResponse<String> get(String path) {
    return new Api(port, null).call("GET", path);
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html; charset=utf-8",
    "/console/console.css, text/css; charset=utf-8",
    "/console/app.js, text/javascript; charset=utf-8",
    "/console/icon.svg, image/svg+xml",
    "/console/pico.min.css, text/css; charset=utf-8",
    "/console/uPlot.min.css, text/css; charset=utf-8",
    "/console/uPlot.esm.js, text/javascript; charset=utf-8"
  })
  void aFileHasItsTypeAndNeedsNoToken(String path, String type) {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains(type);
    assertThat(response.headers().firstValue("x-content-type-options")).contains("nosniff");
    assertThat(response.body()).isNotBlank();
  }

  @Test
  void everyFileThatThePageUsesIsThere() {
    Set<String> files = new LinkedHashSet<>(matches(LINK, get("/").body()));
    assertThat(files).contains("console/app.js").allMatch(file -> file.startsWith("console/"));
    List<String> toRead = List.copyOf(files);
    while (!toRead.isEmpty()) {
      Set<String> found = new LinkedHashSet<>();
      for (String file : toRead) {
        HttpResponse<String> response = get("/" + file);
        assertThat(response.statusCode()).as(file).isEqualTo(200);
        if (file.endsWith(".js")) {
          matches(IMPORT, response.body()).forEach(name -> found.add("console/" + name));
        }
      }
      toRead = found.stream().filter(files::add).toList();
    }
    assertThat(files)
        .contains(
            "console/charts.js", "console/uPlot.esm.js", "console/list.js", "console/form.js");
  }

  private static List<String> matches(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.results().map(result -> result.group(1)).toList();
  }

  @Test
  void thePageMayUseItsOwnHostAlone() {
    HttpResponse<String> page = get("/");
    String policy = page.headers().firstValue("content-security-policy").get();
    assertThat(policy)
        .startsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';")
        .contains("base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'")
        .doesNotContain("unsafe", "http:", "https:", "*");
    assertThat(page.headers().firstValue("referrer-policy")).contains("no-referrer");
    assertThat(page.body()).doesNotContain(" style=", "<style", " onclick=", "src=\"/", "href=\"/");
    assertThat(page.body().split("<script")).hasSize(2);
  }

  @Test
  void aFileThatIsKnownIsNotSentAgain() throws Exception {
    HttpResponse<String> first = get("/console/app.js");
    String etag = first.headers().firstValue("etag").get();
    assertThat(first.headers().allValues("cache-control")).containsExactly("no-cache");
    for (String known : List.of(etag, "W/" + etag, "\"other\", " + etag)) {
      HttpResponse<String> again = conditional(known);
      assertThat(again.statusCode()).as(known).isEqualTo(304);
      assertThat(again.body()).isEmpty();
    }
    assertThat(conditional("\"other\"").statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> conditional(String etag) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/console/app.js"))
            .header("If-None-Match", etag)
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/console",
        "/console/",
        "/console/index.html",
        "/console/nothing.js",
        "/console/../logging.xml",
        "/console/..%2f..%2flogging.xml",
        "/console/%2e%2e/%2e%2e/logging.xml",
        "/console/..;/logging.xml",
        "/console/..\\logging.xml",
        "/console//app.js/x",
        "/console/app.js%00",
        "/console/package.json",
        "/console/Console.class",
        "/META-INF/resources/webjars/uplot/1.6.30/package.json",
        "/webjars/uplot/1.6.30/package.json"
      })
  void nothingElseOfTheClassPathIsServed(String path) throws Exception {
    String answer =
        RawClient.exchange(
            port,
            "GET "
                + path
                + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer "
                + Api.ADMIN
                + "\r\n\r\n");
    assertThat(answer).matches("(?s)HTTP/1\\.1 40[04] .*").contains("application/problem+json");
  }

  @Test
  void filesAreReadAlone() {
    WebhookRoutesTest.assertProblem(new Api(port, Api.ADMIN).call("PUT", "/console/app.js"), 405);
    HttpResponse<String> head = new Api(port, null).call("HEAD", "/console/app.js");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void underAPathOfTheHostAMissingSlashIsMended() throws Exception {
    Router host = Router.router(vertx);
    host.route("/ops/audit/*").subRouter(ApiRouter.create(vertx, options));
    var server = vertx.createHttpServer().requestHandler(host).listen(0, "127.0.0.1").await();
    URI bare = URI.create("http://127.0.0.1:" + server.actualPort() + "/ops/audit");
    HttpClient following =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    HttpResponse<String> page =
        following.send(HttpRequest.newBuilder(bare).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.uri().getPath()).isEqualTo("/ops/audit/");
    for (String file : matches(LINK, page.body())) {
      HttpRequest request = HttpRequest.newBuilder(page.uri().resolve(file)).build();
      assertThat(following.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
          .as(file)
          .isEqualTo(200);
    }
  }
}
