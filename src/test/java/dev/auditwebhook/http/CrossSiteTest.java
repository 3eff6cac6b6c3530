package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The routes without a token, in a host's router: what a browser is kept from doing for others. */
class CrossSiteTest {

  private final Vertx vertx = Vertx.vertx();
  private BusWebhook webhook;
  private int port;

  @BeforeEach
  void mount() {
    webhook = BusWebhook.answeringAll(vertx);
    port = mount(new HttpOptions().setAdminToken(null).setHost("audit.example"), "127.0.0.1");
  }

  private int mount(HttpOptions options, String address) {
    Router host = Router.router(vertx);
    host.route("/admin/*").subRouter(ApiRouter.create(vertx, options));
    return vertx.createHttpServer().requestHandler(host).listen(0, address).await().actualPort();
  }

  /** The status of a request that a proxy says was sent to an address beyond this machine. */
  private String statusFromElsewhere(String name, String host) throws Exception {
    Router routes = ApiRouter.create(vertx, new HttpOptions().setAdminToken(null).setHost(name));
    HttpServerOptions proxied = new HttpServerOptions().setUseProxyProtocol(true);
    var server = vertx.createHttpServer(proxied).requestHandler(routes).listen(0, "127.0.0.1");
    String request = "GET /webhook HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";
    return RawClient.exchange(
            server.await().actualPort(),
            "PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n" + request.formatted(host))
        .split(" ")[1];
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private String request(String method, String path, String host, String... headers)
      throws Exception {
    String more = String.join("", java.util.Arrays.stream(headers).map(h -> h + "\r\n").toList());
    return RawClient.exchange(
        port,
        "%s /admin%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: 2\r\n%s\r\n{}"
            .formatted(method, path, host, more));
  }

  private String own() {
    return "127.0.0.1:" + port;
  }

  private void assertServed(String... headers) throws Exception {
    assertThat(request("DELETE", "/webhook", own(), headers)).startsWith("HTTP/1.1 200 ");
  }

  private void assertRefused(String... headers) throws Exception {
    int before = webhook.asked("webhook.set").size();
    assertThat(request("DELETE", "/webhook", own(), headers))
        .startsWith("HTTP/1.1 403 ")
        .contains("application/problem+json");
    assertThat(request("POST", "/audit", own(), headers)).startsWith("HTTP/1.1 403 ");
    assertThat(webhook.asked("webhook.set")).hasSize(before);
  }

  @Test
  void programsAndItsOwnPagesAreServed() throws Exception {
    assertServed();
    assertServed("Sec-Fetch-Site: same-origin");
    assertServed("Sec-Fetch-Site: none");
    assertServed("Origin: http://" + own());
    assertServed("Sec-Fetch-Site: same-origin", "Origin: http://" + own());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: ",
        "Sec-Fetch-Site: same-origin, cross-site",
        "Origin: null",
        "Origin: ",
        "Origin: http://evil.example",
        "Origin: http://127.0.0.1",
        "Origin: http://127.0.0.1:1",
        "Origin: http://127.0.0.1.evil.example",
        "Origin: %",
        "Origin: file://"
      })
  void pagesOfOtherSitesAreRefused(String header) throws Exception {
    assertRefused(header);
  }

  @Test
  void anotherSchemeIsAnotherOrigin() throws Exception {
    assertRefused("Origin: https://" + own());
    assertRefused("Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST:80", "a.localhost", "127.0.0.1", "[::1]:8080"})
  void namesOfTheLoopbackAddressAreServed(String host) throws Exception {
    assertThat(request("GET", "/webhook", host)).startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"audit.example", "audit.example.:8080", "AUDIT.example:80"})
  void soIsTheConfiguredName(String host) throws Exception {
    assertThat(request("GET", "/webhook", host)).startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "localhost.evil.example:80", "127.0.0.1.evil.example"})
  void anyOtherNameIsRebound(String host) throws Exception {
    assertThat(request("GET", "/webhook", host, "Sec-Fetch-Site: same-origin"))
        .startsWith("HTTP/1.1 403 ");
    assertThat(request("GET", "/metrics", host)).startsWith("HTTP/1.1 403 ");
    assertThat(request("GET", "/health/live", host)).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void whereTheServerHasANameItIsAskedForEverywhere() throws Exception {
    assertThat(statusFromElsewhere("audit.example", "evil.example")).isEqualTo("403");
    assertThat(statusFromElsewhere("audit.example", "audit.example:8080")).isEqualTo("200");
    assertThat(statusFromElsewhere("audit.example", "192.0.2.1")).isEqualTo("200");
    assertThat(statusFromElsewhere("0.0.0.0", "any.example")).isEqualTo("200");
    assertThat(statusFromElsewhere("::", "any.example")).isEqualTo("200");
  }

  @Test
  void aLinkLeadsToTheConsole() throws Exception {
    assertThat(request("GET", "/", own(), "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(request("GET", "/health/ready", own(), "Sec-Fetch-Site: cross-site"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void whereATokenIsAskedForItDecides() throws Exception {
    port = mount(new HttpOptions().setAdminToken(Api.ADMIN), "127.0.0.1");
    assertServed("Origin: http://evil.example", "Authorization: Bearer " + Api.ADMIN);
  }
}
