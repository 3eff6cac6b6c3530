package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that tell something and end well; those that end badly are in StartFailureTest. */
class CommandsTest {

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "help"})
  void helpNamesTheCommandsAndTheVariables(String command) throws Exception {
    assertThat(output(Map.of(), command))
        .startsWith("usage: java -jar ")
        .contains("serve [CONF]", "check [CONF]", "demo", "emit [FILE]", "WEBHOOK_SECRET", "_FILE");
  }

  @Test
  void versionIsOneLine() throws Exception {
    assertThat(output(Map.of(), "--version").lines())
        .singleElement()
        .asString()
        .startsWith("vertx-audit-webhook ");
  }

  @Test
  void checkSaysWhatServeWouldDoAndOpensNothing() throws Exception {
    Path conf = directory.resolve("service.json");
    Path data = directory.resolve("data");
    Files.writeString(
        conf, "{\"webhook\": {\"store\": {\"type\": \"file\", \"path\": \"" + data + "\"}}}");

    assertThat(output(Map.of("WEBHOOK_HTTP_PORT", "9"), "check", conf.toString()).lines())
        .contains("store: file, in " + data, "http: listens on 127.0.0.1 port 9, plain HTTP")
        .last()
        .isEqualTo(conf + ": can be served");
    assertThat(data).doesNotExist();
  }

  private String output(Map<String, String> environment, String... args) throws Exception {
    try (JarProcess process = JarProcess.start(directory, environment, args)) {
      assertThat(process.exitStatus()).as(process.err()).isZero();
      assertThat(process.err()).isEmpty();
      return process.out();
    }
  }
}
