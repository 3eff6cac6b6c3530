package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.testing.Readme;
import dev.auditwebhook.testing.ScriptedReceiver;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the README says before its table of contents. */
class FirstScreenTest {

  private static final Path SOURCE = Path.of("src/test/java/dev/auditwebhook/FirstScreenTest.java");
  private static final Pattern EXAMPLE =
      Pattern.compile("// README begins\n(.*?)\\s*// README ends\n", Pattern.DOTALL);
  private static final Pattern COORDINATES =
      Pattern.compile(
          "(?s)<groupId>.*?</groupId>\\s*<artifactId>.*?</artifactId>\\s*<version>.*?</version>");

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void threeLinesDeliverASignedEntry() {
    ScriptedReceiver receiver = ScriptedReceiver.start(vertx);
    String url = receiver.url();
    String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    // README begins
    WebhookOptions options = new WebhookOptions().setUrl(url).setSecrets(List.of(secret));
    vertx.deployVerticle(new WebhookVerticle(options)).await();
    vertx.eventBus().publish("audit.entry", new JsonObject().put("action", "user.login"));
    // README ends

    await().until(() -> receiver.requests().size() == 1);
    ScriptedReceiver.Received request = receiver.requests().get(0);
    assertThat(request.json().getString("action")).isEqualTo("user.login");
    assertThat(request.headers().get("webhook-signature")).startsWith("v1,");
  }

  @Test
  void theyAreTheseThreeLines() throws Exception {
    Matcher example = EXAMPLE.matcher(Files.readString(SOURCE));

    assertThat(example.find()).isTrue();
    assertThat(firstScreen())
        .contains("```java\n" + example.group(1).stripIndent() + "\n```\n")
        .satisfies(text -> assertThat(example.group(1).lines()).hasSize(3));
  }

  @Test
  void theDependencyIsThisArtifact() throws Exception {
    assertThat(coordinates(firstScreen()))
        .isEqualTo(coordinates(Files.readString(Path.of("pom.xml"))));
  }

  @Test
  void theTwoCommandsAreThoseOfTheScript() throws Exception {
    String script = Files.readString(Path.of("run.sh"));

    assertThat(firstScreen().lines().filter(line -> line.startsWith("    ./run.sh")))
        .containsExactly("    ./run.sh", "    ./run.sh test");
    assertThat(script).contains("command=${1:-demo}", "demo | test)");
  }

  private static String firstScreen() {
    return Readme.text().split("\\*\\*Contents:")[0];
  }

  private static String coordinates(String xml) {
    Matcher coordinates = COORDINATES.matcher(xml);
    assertThat(coordinates.find()).isTrue();
    return coordinates.group().replaceAll("\\s", "");
  }
}
