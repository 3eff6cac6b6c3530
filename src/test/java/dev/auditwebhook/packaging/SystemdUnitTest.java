package dev.auditwebhook.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.auditwebhook.WebhookOptions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code conf/audit-webhook.service}. */
class SystemdUnitTest {

  private static final Path UNIT = Path.of("conf/audit-webhook.service");

  /** Of ten, in tenths; a service that is not hardened has 96. */
  private static final int EXPOSURE = 20;

  private static final long STOP_MARGIN = 6_000;

  @TempDir Path directory;

  private static List<String> values(String key) throws IOException {
    return Files.readAllLines(UNIT).stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .toList();
  }

  private static String value(String key) throws IOException {
    assertThat(values(key)).as(key).hasSize(1);
    return values(key).get(0);
  }

  @Test
  void systemdUnderstandsAllOfIt() throws Exception {
    // Java may be elsewhere where this runs: what is verified is the rest.
    Path unit = directory.resolve("audit-webhook.service");
    Files.writeString(unit, Files.readString(UNIT).replace("/usr/bin/java", "/bin/sh"));

    assertThat(analyze("verify", unit.toString()).lines())
        .noneMatch(line -> line.contains("audit-webhook"));
  }

  @Test
  void itIsHardened() throws Exception {
    assertThat(
            analyze(
                "security",
                "--offline=true",
                "--no-pager",
                "--threshold=" + EXPOSURE,
                UNIT.toString()))
        .contains("Overall exposure level");
  }

  /** What {@code systemd-analyze} prints when it finds nothing wrong. */
  private String analyze(String... args) throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "systemd-analyze"))),
        "skipped: systemd-analyze is not installed");
    Path output = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(Stream.concat(Stream.of("systemd-analyze"), Stream.of(args)).toList())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return Files.readString(output);
  }

  @Test
  void itEndsOnAnOutOfMemoryErrorAndIsStartedAnew() throws Exception {
    assertThat(value("ExecStart")).contains(" -XX:+ExitOnOutOfMemoryError ", " serve /etc/");
    assertThat(value("Restart")).isEqualTo("on-failure");
  }

  @Test
  void aStopDrainsAndIsNoFailure() throws Exception {
    assertThat(1_000 * Long.parseLong(value("TimeoutStopSec")))
        .isGreaterThan(WebhookOptions.DEFAULT_DRAIN_TIMEOUT + STOP_MARGIN);
    assertThat(Integer.parseInt(value("SuccessExitStatus"))).isEqualTo(128 + 15);
    assertThat(values("KillSignal")).isEmpty();
  }

  @Test
  void tokensAreCredentialsAndNotInTheEnvironment() throws Exception {
    assertThat(values("Environment")).isNotEmpty().allMatch(each -> each.contains("_FILE=%d/"));
    for (String variable : values("Environment")) {
      String credential = variable.split("%d/")[1];
      assertThat(values("LoadCredential"))
          .anyMatch(each -> each.startsWith(credential + ":/etc/audit-webhook/"));
    }
  }
}
