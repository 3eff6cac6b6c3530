package dev.auditwebhook.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.Readme;
import dev.auditwebhook.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    assertThat(Tool.run(directory, "systemd-analyze", "verify", unit.toString()).lines())
        .noneMatch(line -> line.contains("audit-webhook"));
  }

  @Test
  void itIsHardened() throws Exception {
    assertThat(
            Tool.run(
                directory,
                "systemd-analyze",
                "security",
                "--offline=true",
                "--no-pager",
                "--threshold=" + EXPOSURE,
                UNIT.toString()))
        .contains("Overall exposure level");
  }

  @Test
  void itEndsOnAnOutOfMemoryErrorAndIsStartedAnew() throws Exception {
    assertThat(value("ExecStart")).contains(" -XX:+ExitOnOutOfMemoryError ", " serve /etc/");
    assertThat(value("Restart")).isEqualTo("on-failure");
  }

  /** Each of which is begun again after {@code RestartSec}, and a second or two of a JVM. */
  @Test
  void whatIsWrongFromTheStartIsNotTriedForEverAndADatabaseThatIsAwayIs() throws Exception {
    int attempt = Integer.parseInt(value("RestartSec"));
    int wait = (int) new StoreOptions().getWaitForDatabase() / 1_000;
    int interval = Integer.parseInt(value("StartLimitIntervalSec"));
    int burst = Integer.parseInt(value("StartLimitBurst"));

    assertThat(interval)
        .isGreaterThan(2 * burst * attempt)
        .isLessThan((burst - 1) * (attempt + wait));
  }

  @Test
  void aKeyThatOnlyRootCanReadIsACredentialWithItsCertificate() throws Exception {
    String unit = Files.readString(UNIT);
    for (String file : List.of("tls.key", "tls.crt")) {
      assertThat(unit).contains("\n#LoadCredential=" + file + ":/etc/audit-webhook/");
      assertThat(Readme.section("Run it for real", "As a systemd service"))
          .contains("\"/run/credentials/" + UNIT.getFileName() + "/" + file + "\"");
    }
  }

  @Test
  void whereCredentialsStandNobodyElseMayLook() throws Exception {
    String directory = "install -d -m 700 /etc/audit-webhook/credentials";
    assertThat(Files.readString(UNIT)).contains("\n#   " + directory + "\n");
    assertThat(Readme.section("Run it for real", "As a systemd service"))
        .contains("    " + directory + "\n    (umask 077; ");
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
