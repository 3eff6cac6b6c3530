package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.cli.Probe;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container asks of its service. */
class ProbeTest {

  @TempDir Path directory;

  private record Outcome(int status, String output) {}

  private Outcome probe(Path conf) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    Path output = directory.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(java, "-Xmx32m", "-cp", classPath, Probe.class.getName(), conf.toString()));
    builder.environment().keySet().removeIf(name -> name.startsWith("WEBHOOK_"));
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Outcome(process.exitValue(), Files.readString(output).strip());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Path configure(String http) throws IOException {
    return Files.writeString(directory.resolve("service.json"), "{\"http\":{" + http + "}}");
  }

  @Test
  void aServiceThatRunsLives() throws Exception {
    assertLives(configure("\"port\":" + freePort()));
  }

  @Test
  void soDoesOneWithACertificateOfItsOwn() throws Exception {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("audit.example");
    try {
      assertLives(configure(tls(freePort(), certificate)));
    } finally {
      certificate.delete();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void andOneThatRefusesClientsWithoutACertificate(String protocol) throws Exception {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("audit.example");
    try {
      assertLives(
          configure(
              tls(
                  freePort(),
                  certificate,
                  "\"clientAuth\":\"REQUIRED\"",
                  "\"enabledSecureTransportProtocols\":[\"%s\"]".formatted(protocol),
                  "\"pemTrustOptions\":{\"certPaths\":[\"%s\"]}"
                      .formatted(certificate.certificatePath()))));
    } finally {
      certificate.delete();
    }
  }

  @Test
  void andOneWhoseTokensWereEditedWrongly() throws Exception {
    int port = freePort();
    Path conf = configure("\"port\":" + port);
    Path edited = directory.resolve("edited.json");
    Files.writeString(
        edited, "{\"webhook\":{\"orbit\":1},\"http\":{\"port\":%d,\"tokens\":7}}".formatted(port));
    assertThat(probeWhileServing(conf, edited)).isEqualTo(new Outcome(0, ""));
  }

  @Test
  void andOneThatShowsAnotherCertificateThanItsFilesHold() throws Exception {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("audit.example");
    SelfSignedCertificate notTaken = SelfSignedCertificate.create("audit.example");
    int port = freePort();
    Path conf = configure(tls(port, certificate));
    Path exchanged =
        Files.writeString(
            directory.resolve("exchanged.json"), "{\"http\":{" + tls(port, notTaken) + "}}");
    try {
      assertThat(probeWhileServing(conf, exchanged)).isEqualTo(new Outcome(0, ""));
    } finally {
      certificate.delete();
      notTaken.delete();
    }
  }

  private static String tls(int port, SelfSignedCertificate certificate, String... more) {
    return "\"port\":%d,\"server\":{\"ssl\":true,%s\"pemKeyCertOptions\":{\"keyPath\":\"%s\",\"certPath\":\"%s\"}}"
        .formatted(
            port,
            Stream.of(more).map(each -> each + ",").collect(Collectors.joining()),
            certificate.privateKeyPath(),
            certificate.certificatePath());
  }

  private void assertLives(Path conf) throws Exception {
    assertThat(probeWhileServing(conf, conf)).isEqualTo(new Outcome(0, ""));
  }

  private Outcome probeWhileServing(Path served, Path probed) throws Exception {
    try (JarProcess service = JarProcess.start(directory, Map.of(), "serve", served.toString())) {
      await().atMost(Duration.ofSeconds(30)).until(() -> service.out().contains("Listening on "));

      return probe(probed);
    }
  }

  @Test
  void oneThatIsNotThereDoesNot() throws Exception {
    int port = freePort();
    Outcome outcome = probe(configure("\"port\":" + port));

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.output()).startsWith("http://127.0.0.1:" + port + "/health/live: ");
  }

  @Test
  void aConfigurationThatNamesNoServiceIsToldInOneLine() throws Exception {
    assertThat(probe(configure("\"port\":0")))
        .isEqualTo(new Outcome(1, "http.port: names no service, or http.enabled is false"));
    assertThat(probe(directory.resolve("missing.json")).output()).endsWith(": no such file");
  }
}
