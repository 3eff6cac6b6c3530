package dev.auditwebhook.process;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.Readme;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.Tool;
import dev.auditwebhook.testing.WebhookExtension;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands of the README, run as they are printed. */
class CurlTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private static final String TOKEN = "token-of-these-tests";
  private static final String BASE = "http://127.0.0.1:8080";
  private static final String RECEIVERS = "https://[a-z-]+\\.example";
  private static final Pattern ENDPOINT = Pattern.compile("/endpoints/([a-z0-9-]+)");
  private static final Pattern ROUTE = Pattern.compile("`(GET|PUT|PATCH|POST|DELETE) (/[^`?]*)");
  private static final int DEAD_LETTERS = 10;
  private static final int ENDED_BY_MAX_TIME = 28;

  private record Outcome(int exit, String status, String output) {}

  @BeforeAll
  static void needsCurl() {
    assumeTrue(
        Tool.isThere("curl") && Tool.isThere("bash"), "skipped: curl or bash is not installed");
  }

  static List<String> chaptersWithCommands() {
    return Readme.chapters().stream()
        .filter(chapter -> !Readme.curlCommands(chapter).isEmpty())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("chaptersWithCommands")
  void everyCommandWorksAsPrintedInTheOrderOfItsChapter(String chapter) throws Exception {
    int port = serveWithDeadLetters();
    Set<String> endpoints = new HashSet<>();

    for (String command : Readme.curlCommands(chapter)) {
      makeReady(command, endpoints);
      Outcome outcome = run(command, port);
      assertThat(outcome.status())
          .as("%s: %s", command, outcome.output())
          .isEqualTo(expectedStatus(command, endpoints));
      assertThat(outcome.exit()).isEqualTo(command.contains(" -N ") ? ENDED_BY_MAX_TIME : 0);
    }
  }

  /** An endpoint that a chapter does not make, or has removed, is one that its reader has. */
  private void makeReady(String command, Set<String> endpoints) {
    String id = endpoint(command);
    if (id != null && !route(command).startsWith("PUT ") && endpoints.add(id)) {
      result(webhook.client().put(id, new EndpointOptions().setUrl(receiver.url())));
    }
    if (route(command).startsWith("DELETE /endpoints") && !command.contains("/dlq")) {
      endpoints.remove(id);
    }
  }

  private static String endpoint(String command) {
    Matcher endpoint = ENDPOINT.matcher(route(command));
    return endpoint.find() ? endpoint.group(1) : null;
  }

  private static String expectedStatus(String command, Set<String> endpoints) {
    if (route(command).equals("POST /audit")) {
      return command.contains("x-ndjson") ? "200" : "202";
    }
    boolean makes = route(command).startsWith("PUT /endpoints") && endpoints.add(endpoint(command));
    return makes ? "201" : "200";
  }

  @Test
  void everyRouteOfTheTableHasACommand() {
    Set<String> documented =
        Readme.chapter("HTTP")
            .lines()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.split(" \\| ")[0])
            .flatMap(cell -> ROUTE.matcher(cell).results())
            .map(
                route ->
                    route.group(1)
                        + " "
                        + route.group(2).replace(":event_id", "8").replace(":id", "siem"))
            .collect(Collectors.toSet());

    assertThat(Readme.curlCommands("HTTP").stream().map(CurlTest::route))
        .containsAll(documented)
        .hasSizeGreaterThan(10);
  }

  private static String route(String command) {
    Matcher method = Pattern.compile(" -X (\\w+)").matcher(command);
    String path =
        Pattern.compile(Pattern.quote(BASE) + "([^ '?]*)")
            .matcher(command)
            .results()
            .map((MatchResult url) -> url.group(1))
            .findFirst()
            .orElseThrow();
    return (method.find() ? method.group(1) : command.contains(" -d ") ? "POST" : "GET")
        + " "
        + path;
  }

  private int serveWithDeadLetters() {
    receiver.then(Stream.generate(() -> status(400)).limit(DEAD_LETTERS).toArray(Effect[]::new));
    webhook.deploy();
    webhook.publish(DEAD_LETTERS);
    assertThat(webhook.awaitSettled(DEAD_LETTERS).failed()).isEqualTo(DEAD_LETTERS);
    return webhook.serveHttp(TOKEN);
  }

  private Outcome run(String command, int port) throws Exception {
    String seconds = command.contains(" -N ") ? "2" : "20";
    String line =
        command
            .replace(BASE, "http://127.0.0.1:" + port)
            .replaceAll(RECEIVERS, "http://127.0.0.1:" + receiver.port())
            .replaceFirst("curl ", "curl -sS -w '\\\\n%{http_code}' --max-time " + seconds + " ");
    assertThat(line.replace("http://127.0.0.1:", "")).as("loopback only").doesNotContain("://");
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", line).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.toLowerCase().endsWith("_proxy"));
    builder
        .environment()
        .putAll(
            Map.of(
                "AUTH",
                "Authorization: Bearer " + TOKEN,
                "NEW_SECRET",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(command).isTrue();
    String status =
        Pattern.compile("(?m)^(\\d{3})(?=$|curl)")
            .matcher(output)
            .results()
            .map((MatchResult code) -> code.group(1))
            .findFirst()
            .orElse("none");
    return new Outcome(process.exitValue(), status, output);
  }
}
