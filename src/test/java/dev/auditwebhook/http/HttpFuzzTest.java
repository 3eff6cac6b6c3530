package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.http.guard.ClientLimits;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Random requests with a valid token: each gets an answer, and never a 500. */
class HttpFuzzTest {

  private static Vertx vertx;
  private static int port;
  private static Contract contract;

  @BeforeContainer
  static void serve() {
    vertx = Vertx.vertx();
    contract = new Contract(vertx);
    BusWebhook.answeringAll(vertx);
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(Api.ADMIN);
    ClientLimits limits = new ClientLimits(4096, 300, 300, 100, 64);
    // A stream would not end: there is room for none.
    AttemptsRoute full =
        new AttemptsRoute(vertx, options, new AttemptStream.Bounds(0, 0, 1_000, 50, 1_000));
    port = HttpService.start(vertx, options, limits, full).await().port();
  }

  @AfterContainer
  static void close() {
    vertx.close().await();
  }

  @Property(tries = 600, shrinking = ShrinkingMode.OFF)
  void everyRequestIsAnswered(
      @ForAll("methods") String method,
      @ForAll("targets") String target,
      @ForAll("bodies") String body)
      throws Exception {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String answer =
        RawClient.exchange(
            port,
            method
                + " "
                + target
                + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer "
                + Api.ADMIN
                + "\r\nContent-Length: "
                + bytes.length
                + "\r\n\r\n"
                + new String(bytes, StandardCharsets.ISO_8859_1));
    assertThat(answer).matches("(?s)HTTP/1\\.[01] (200|202|400|404|405|413) .*");
    assertThat(answer).doesNotContain("Exception", Api.ADMIN);
  }

  @Property(tries = 1_200, shrinking = ShrinkingMode.OFF)
  void everyRouteOfTheContractAnswersWhateverComes(
      @ForAll("operations") String operation,
      @ForAll("ids") String id,
      @ForAll("contentTypes") String contentType,
      @ForAll("bodies") String body)
      throws Exception {
    String answer =
        RawClient.exchange(
            port,
            operation.replaceAll("\\{\\w+}", Matcher.quoteReplacement(id))
                + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer "
                + Api.ADMIN
                + contentType
                + "\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length
                + "\r\n\r\n"
                + new String(body.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    boolean isStream = operation.endsWith("/attempts");
    assertThat(answer)
        .as(operation)
        .matches(
            "(?s)HTTP/1\\.1 (200|201|202|400|404|405|409|413" + (isStream ? "|503) .*" : ") .*"));
    assertThat(answer).doesNotContain("Exception", Api.ADMIN);
  }

  @Provide
  Arbitrary<String> operations() {
    return Arbitraries.of(contract.operations());
  }

  @Provide
  Arbitrary<String> ids() {
    return Arbitraries.oneOf(
        Arbitraries.of("siem", "default", "7", "SIEM", "-", "%00", "%2e%2e", "a".repeat(64)),
        Arbitraries.strings()
            .withCharRange('0', 'z')
            .excludeChars('?')
            .ofMinLength(1)
            .ofMaxLength(9));
  }

  @Provide
  Arbitrary<String> contentTypes() {
    return Arbitraries.of("", "application/json", "application/x-ndjson", "text/plain", "\u0001")
        .map(type -> type.isEmpty() ? "" : "\r\nContent-Type: " + type);
  }

  @Provide
  Arbitrary<String> methods() {
    return Arbitraries.of("GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "X");
  }

  @Provide
  Arbitrary<String> targets() {
    Arbitrary<String> piece =
        Arbitraries.oneOf(
            Arbitraries.of(
                "/webhook",
                "/endpoints",
                "/nodes",
                "/token",
                "/siem",
                "/SIEM",
                "/%73iem",
                "/s%c3%af",
                "/dlq",
                "/redrive",
                "/purge",
                "/audit",
                "/test",
                "/token",
                "/health",
                "/live",
                "/ready",
                "/delivery",
                "/7",
                "/",
                "/..",
                "/.",
                "/%2e%2e",
                "/%2F",
                "%",
                "%zz",
                "%00",
                "%c3%28",
                ";a=b",
                "\\",
                "/*",
                ":",
                "@"),
            Arbitraries.strings().withCharRange('!', '~').excludeChars('#').ofMaxLength(6));
    Arbitrary<String> query =
        Arbitraries.oneOf(
            Arbitraries.of(
                "",
                "",
                "",
                "?",
                "?limit=1",
                "?limit=-9",
                "?endpoint=siem",
                "?after=x",
                "?%",
                "?a=%zz"),
            Arbitraries.strings().withCharRange('!', '~').ofMaxLength(9).map(text -> "?" + text));
    return Combinators.combine(
            piece.list().ofMinSize(1).ofMaxSize(5).map(pieces -> String.join("", pieces)), query)
        .as((path, rest) -> "/" + path.replaceFirst("^/", "") + rest);
  }

  @Provide
  Arbitrary<String> bodies() {
    Arbitrary<String> token =
        Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"action\"",
            "\"a\"",
            "\"\\ud800\"",
            "1",
            "-0",
            "1e999",
            "1e9999999999",
            "null",
            "true",
            "tru",
            " ",
            "\u0000",
            "\ud83d\ude00",
            "\ufeff",
            "123456789012345678901234567890",
            "0.10");
    return Arbitraries.oneOf(
        Arbitraries.of(
            "",
            "{}",
            "{\"action\":\"a\"}",
            "{\"event_ids\":[7]}",
            "{\"all\":true}",
            "{\"url\":\"http://127.0.0.1:1/\"}",
            "{\"endpoint\":\"siem\",\"all\":true}",
            "{\"action\":\"a\"}\n{}\n\n{\"action\":",
            "\n",
            "{\"revoke\":true}",
            "x".repeat(5000)),
        token.list().ofMaxSize(12).map(tokens -> String.join("", tokens)),
        Arbitraries.strings().ofMaxLength(40));
  }
}
