package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import io.vertx.core.Vertx;
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
