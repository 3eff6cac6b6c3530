package dev.auditwebhook.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.cli.Probe;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code conf/Containerfile}, by its instructions. */
class ContainerfileTest {

  private static final Set<String> KNOWN =
      Set.of(
          "FROM",
          "ARG",
          "COPY",
          "RUN",
          "USER",
          "VOLUME",
          "WORKDIR",
          "EXPOSE",
          "ENTRYPOINT",
          "CMD",
          "HEALTHCHECK",
          "STOPSIGNAL");

  private record Instruction(String name, String rest) {

    /** The words of an instruction that starts a program without a shell. */
    List<String> words() {
      return new JsonArray(rest.substring(rest.indexOf('[')))
          .stream().map(String.class::cast).toList();
    }
  }

  private List<Instruction> instructions;

  @BeforeEach
  void read() throws IOException {
    String text =
        Files.readString(Path.of("conf/Containerfile"))
            .replaceAll("(?m)^#.*\n", "")
            .replaceAll("\\\\\n\\s*", "");
    instructions = new ArrayList<>();
    for (String line : text.lines().filter(each -> !each.isBlank()).toList()) {
      String[] both = line.split(" ", 2);
      instructions.add(new Instruction(both[0], both[1]));
    }
  }

  private Instruction the(String name) {
    List<Instruction> found =
        instructions.stream().filter(each -> each.name().equals(name)).toList();
    assertThat(found).as(name).hasSize(1);
    return found.get(0);
  }

  @Test
  void itHasInstructionsThatAreKnownAndBeginsWithARuntime() {
    assertThat(instructions).extracting(Instruction::name).isSubsetOf(KNOWN);
    assertThat(instructions.get(0).name()).isEqualTo("FROM");
    assertThat(the("FROM").rest()).matches("[a-z/-]+:(1[7-9]|[2-9][0-9])-jre");
  }

  @Test
  void theJarIsTheOneThatTheBuildMakes() throws IOException {
    String version = Files.readString(Path.of("pom.xml")).split("</?version>")[1];
    String glob = the("ARG").rest().replace("JAR=", "");

    assertThat(("target/vertx-audit-webhook-" + version + "-fat.jar"))
        .matches(glob.replace(".", "\\.").replace("*", ".*"));
    assertThat(the("COPY").rest()).endsWith("${JAR} /app/audit-webhook.jar");
  }

  @Test
  void itRunsAsNobodyOfTheImage() {
    assertThat(the("USER").rest()).matches("[1-9][0-9]{4}:[1-9][0-9]{4}");
    int user = instructions.indexOf(the("USER"));
    assertThat(instructions.subList(user, instructions.size()))
        .extracting(Instruction::name)
        .doesNotContain("RUN", "COPY");
  }

  @Test
  void sigtermReachesTheProcessItself() {
    assertThat(the("ENTRYPOINT").words())
        .startsWith("java")
        .contains("-XX:+ExitOnOutOfMemoryError")
        .endsWith("-jar", "/app/audit-webhook.jar");
    assertThat(the("CMD").words()).containsExactly("serve", "/conf/webhook.json");
    assertThat(the("STOPSIGNAL").rest()).isEqualTo("SIGTERM");
  }

  @Test
  void healthIsAskedByTheJarOfTheConfigurationThatIsServed() {
    List<String> words = the("HEALTHCHECK").words();

    assertThat(words)
        .startsWith("java")
        .endsWith(
            "-cp", "/app/audit-webhook.jar", Probe.class.getName(), the("CMD").words().get(1));
  }
}
