package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever keeps the service from starting is one line, and a status that is not 0. */
class StartFailureTest {

  private static final Map<String, String> NONE = Map.of();

  @TempDir Path directory;
  private Path conf;

  @BeforeEach
  void nameConfiguration() {
    conf = directory.resolve("service.json");
  }

  @Test
  void missingFile() throws Exception {
    assertThat(failure(1, NONE, "serve", conf.toString())).isEqualTo(conf + ": no such file");
  }

  @Test
  void missingDefaultFile() throws Exception {
    assertThat(failure(1, NONE, "serve")).isEqualTo("conf/webhook.json: no such file");
  }

  @Test
  void directoryInsteadOfFile() throws Exception {
    assertThat(failure(1, NONE, "serve", directory.toString())).startsWith(directory + ": ");
  }

  @Test
  void brokenJson() throws Exception {
    Files.writeString(conf, "{\n  \"webhook\": {\"url\": \"\",}\n}");

    assertThat(failure(1, NONE, "serve", conf.toString()))
        .startsWith(conf + ": ")
        .contains("line 2, column ");
  }

  @Test
  void keyThatIsThereTwice() throws Exception {
    Files.writeString(conf, "{\n  \"http\": {\"adminToken\": \"hush\", \"adminToken\": \"\"}\n}");

    assertThat(failure(1, NONE, "serve", conf.toString()))
        .startsWith(conf + ": a key is there twice in one object (line 2, column ")
        .doesNotContain("hush");
  }

  @Test
  void endpointThatIsThereTwice() throws Exception {
    Files.writeString(conf, "{\"webhook\": {\"endpoints\": {\"siem\": {},\n \"siem\": {}}}}");

    assertThat(failure(1, NONE, "serve", conf.toString()))
        .startsWith(conf + ": a key is there twice in one object (line 2, column ");
  }

  @Test
  void notAnObject() throws Exception {
    Files.writeString(conf, "[]");

    assertThat(failure(1, NONE, "serve", conf.toString()))
        .isEqualTo(conf + ": must be a JSON object, was an array");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"webhok":{}}                                   | webhok: unknown key
          {"webhook":{"maxAttemps":3}}                    | webhook.maxAttemps: unknown key
          {"webhook":{"circuitBreaker":{"timeout":1}}}    | webhook.circuitBreaker.timeout: unknown key
          {"http":{"prot":1}}                             | http.prot: unknown key
          {"webhook":7}                                   | webhook: must be
          {"http":null}                                   | http: must be
          {"webhook":{"maxAttempts":0}}                   | webhook.maxAttempts: must be
          {"webhook":{"url":"ftp://siem.example/in"}}     | webhook.url:
          {"webhook":{"url":"http://169.254.169.254/in"}} | webhook.url:
          {"http":{"port":70000}}                         | http.port: must be
          {"webhook":{"endpoints":{"SIEM":{}}}}           | webhook.endpoints.SIEM: an endpoint's id
          {"webhook":{"endpoints":{"default":{}}}}        | webhook.endpoints.default: the endpoint
          {"webhook":{"endpoints":{"a":{"uri":""}}}}      | webhook.endpoints.a.uri: unknown key
          {"webhook":{"endpoints":{"a":{"format":"x"}}}}  | webhook.endpoints.a.format: must be one of
          """)
  void badKeyOrValue(String json, String start) throws Exception {
    Files.writeString(conf, json);

    assertThat(failure(1, NONE, "serve", conf.toString())).startsWith(start);
  }

  @Test
  void portInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      Files.writeString(conf, "{\"http\":{\"port\":" + port + "}}");

      assertThat(failure(1, NONE, "serve", conf.toString()))
          .startsWith("http.port: ")
          .contains(port);
    }
  }

  @Test
  void badVariables() throws Exception {
    Files.writeString(conf, "{}");
    String file = conf.toString();

    assertThat(failure(1, Map.of("WEBHOOK_HTTP_PORT", "eighty"), "serve", file))
        .startsWith("WEBHOOK_HTTP_PORT ");
    assertThat(failure(1, Map.of("WEBHOOK_SECRET", "hush-hush"), "serve", file))
        .startsWith("WEBHOOK_SECRET ")
        .doesNotContain("hush");
    assertThat(failure(1, Map.of("WEBHOOK_ADMIN_TOKEN", "hush-hush"), "serve", file))
        .isEqualTo("WEBHOOK_ADMIN_TOKEN as http.adminToken: must have at least 20 characters");
  }

  @Test
  void badFilesOfVariables() throws Exception {
    Files.writeString(conf, "{}");
    Path token = Files.writeString(directory.resolve("token"), "hush-hush\n");
    String name = "WEBHOOK_ADMIN_TOKEN_FILE";

    assertThat(failure(1, Map.of(name, token.toString()), "serve", conf.toString()))
        .isEqualTo(name + " (" + token + ") as http.adminToken: must have at least 20 characters");
    assertThat(failure(1, Map.of(name, token + "s"), "serve", conf.toString()))
        .isEqualTo(name + " (" + token + "s): no such file");
    Map<String, String> both =
        Map.of(name, token.toString(), "WEBHOOK_ADMIN_TOKEN", "token-of-these-tests");
    assertThat(failure(1, both, "serve", conf.toString()))
        .isEqualTo("WEBHOOK_ADMIN_TOKEN and " + name + " are both set: one of them has to go");
  }

  @Test
  void badCommands() throws Exception {
    assertThat(failure(2, NONE)).startsWith("usage: ");
    assertThat(failure(2, NONE, "sreve")).startsWith("usage: ");
    assertThat(failure(2, NONE, "demo", "now")).startsWith("usage: ");
    assertThat(failure(2, NONE, "--version", "now")).startsWith("usage: ");
  }

  @Test
  void checkFailsAsServeDoes() throws Exception {
    Files.writeString(conf, "{\"webhook\":{\"maxAttempts\":0}}");

    assertThat(failure(1, NONE, "check", conf.toString())).startsWith("webhook.maxAttempts: must");
    assertThat(failure(1, NONE, "check")).isEqualTo("conf/webhook.json: no such file");
  }

  @Test
  void emitWithoutService() throws Exception {
    assertThat(failure(1, NONE, "emit"))
        .startsWith("conf/webhook.json: no such file")
        .contains("WEBHOOK_HTTP_PORT");

    Files.createDirectory(directory.resolve("conf"));
    Files.writeString(directory.resolve("conf/webhook.json"), "{}");
    assertThat(failure(1, NONE, "emit"))
        .startsWith("http.adminToken: ")
        .contains("WEBHOOK_ADMIN_TOKEN");
  }

  private String failure(int status, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    try (JarProcess process = JarProcess.start(directory, environment, args)) {
      assertThat(process.exitStatus()).as(process.err()).isEqualTo(status);
      assertThat(process.out()).isEmpty();
      assertThat(process.err().lines()).hasSize(1);
      return process.err().strip();
    }
  }
}
