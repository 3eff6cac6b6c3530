package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code run.sh} in a checkout of its own, with a Java and a Maven that only tell what they do. */
class RunScriptTest {

  private static final String MAVEN_STARTED = "maven started";
  private static final String IS_OLDER = "the jar is older than the sources";

  @TempDir Path directory;
  private Path checkout;
  private Path jar;
  private Path source;

  private record Outcome(int status, String out, String err) {}

  @BeforeAll
  static void needsBash() {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "skipped: bash is not installed");
  }

  @BeforeEach
  void makeCheckout() throws IOException {
    checkout = Files.createDirectories(directory.resolve("a checkout"));
    source = Files.createDirectories(checkout.resolve("src/main")).resolve("Some.java");
    Files.writeString(source, "");
    Files.copy(Path.of("run.sh"), checkout.resolve("run.sh"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(
        checkout.resolve("pom.xml"), "<project>\n  <version>1.2.3</version>\n</project>\n");
    jar = checkout.resolve("target/vertx-audit-webhook-1.2.3-fat.jar");
    Files.createDirectories(directory.resolve("bin"));
    program("java", "[[ $1 == -version ]] && echo 'openjdk version \"17.0.1\"' >&2 || echo \"$@\"");
    program("mvn", "echo " + MAVEN_STARTED + " >&2; mkdir -p target; touch '" + jar + "'");
  }

  private void program(String name, String script) throws IOException {
    Path file = directory.resolve("bin").resolve(name);
    Files.writeString(file, "#!/bin/bash\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** The jar as it was built a second after the sources, or before. */
  private void build(boolean fresh) throws IOException {
    Files.createDirectories(jar.getParent());
    Files.writeString(jar, "");
    Instant built = Instant.parse("2026-01-01T00:00:00Z");
    FileTime then = FileTime.from(built.minusSeconds(1));
    for (Path each : List.of(source, source.getParent(), checkout.resolve("pom.xml"))) {
      Files.setLastModifiedTime(each, then);
    }
    Files.setLastModifiedTime(source, FileTime.from(built.plusSeconds(fresh ? -1 : 1)));
    Files.setLastModifiedTime(jar, FileTime.from(built));
  }

  private Outcome run(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of(checkout.resolve("run.sh").toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().remove("JAVA_HOME");
    builder.environment().put("PATH", directory.resolve("bin") + ":/usr/bin:/bin");
    Path out = directory.resolve("out.txt");
    Path err = directory.resolve("err.txt");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "check", "emit", "demo"})
  void aJarThatIsThereIsStarted(String command) throws Exception {
    build(true);

    Outcome outcome = run(command);

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().strip())
        .startsWith("-XX:+ExitOnOutOfMemoryError ")
        .endsWith("-jar " + jar + " " + command);
    assertThat(outcome.status()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "check", "emit"})
  void anOlderOneIsStartedAsItIs(String command) throws Exception {
    build(false);

    Outcome outcome = run(command, "a file");

    assertThat(outcome.err()).contains(IS_OLDER).doesNotContain(MAVEN_STARTED);
    assertThat(outcome.out().strip()).endsWith(jar + " " + command + " a file");
  }

  @Test
  void theDemoBuildsAnOlderOneAnew() throws Exception {
    build(false);
    program("mvn", "touch '" + jar + "'; touch '" + directory + "/built'");

    assertThat(run("demo").out().strip()).endsWith(jar + " demo");
    assertThat(directory.resolve("built")).exists();
  }

  @Test
  void aJarOfAnotherVersionIsNotStarted() throws Exception {
    Files.createDirectories(jar.getParent());
    Files.writeString(jar.resolveSibling("vertx-audit-webhook-1.2.2-fat.jar"), "");

    assertThat(run("serve").out().strip()).endsWith(jar + " serve");
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "check", "emit", "demo"})
  void aMissingOneIsBuilt(String command) throws Exception {
    Outcome outcome = run(command);

    assertThat(outcome.out().strip()).endsWith("-jar " + jar + " " + command);
    assertThat(outcome.err()).startsWith("Building").doesNotContain(IS_OLDER);
  }

  @Test
  void aBuildThatFailsIsShown() throws Exception {
    program("mvn", "echo no such artifact; exit 1");

    Outcome outcome = run("serve");

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err()).contains("no such artifact", "run.sh: the build failed");
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void helpAndVersionNeedNeitherJavaNorMaven() throws Exception {
    Files.delete(directory.resolve("bin/java"));
    program("java", "exit 1");
    program("mvn", "exit 1");

    assertThat(run("--version")).isEqualTo(new Outcome(0, "vertx-audit-webhook 1.2.3\n", ""));
    for (String command : List.of("--help", "-h", "help")) {
      Outcome help = run(command);
      assertThat(help.out())
          .contains("serve [CONF]", "check [CONF]", "emit [FILE]", "demo", "test");
      assertThat(help.status()).isZero();
      assertThat(help.err()).isEmpty();
    }
  }

  @Test
  void anOldJavaIsToldApart() throws Exception {
    build(true);
    program("java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2");

    Outcome outcome = run("serve");

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err()).startsWith("run.sh: needs Java 17 or newer").contains("Java 11");
  }

  @Test
  void whatIsNotUnderstoodHasStatusTwo() throws Exception {
    for (List<String> args :
        List.of(List.of("sreve"), List.of("demo", "now"), List.of("serve", "a", "b"))) {
      Outcome outcome = run(args.toArray(String[]::new));
      assertThat(outcome.status()).as("%s", args).isEqualTo(2);
      assertThat(outcome.err()).contains("usage: ./run.sh");
      assertThat(outcome.out()).isEmpty();
    }
  }
}
