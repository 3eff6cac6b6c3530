package dev.auditwebhook.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.auditwebhook.testing.Tool;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is published, built twice in two places: {@code mvn -Prelease package}, unsigned. */
class ReleaseTest {

  private static final int LIMIT_MINUTES = 5;
  private static final Pattern JAR =
      Pattern.compile("vertx-audit-webhook-[0-9.]+(?:-SNAPSHOT)?(?:-([a-z]+))?\\.jar");

  @TempDir static Path directory;
  private static Map<String, Path> artifacts;
  private static Map<String, Path> again;

  @BeforeAll
  static void buildTwice() throws Exception {
    assumeTrue(Tool.isThere("mvn"), "skipped: mvn is not installed");
    artifacts = build("one", Map.of("TZ", "UTC"));
    again = build("two/deeper", Map.of("TZ", "Asia/Kolkata", "LC_ALL", "C"));
  }

  private static Map<String, Path> build(String place, Map<String, String> environment)
      throws Exception {
    Path checkout = Files.createDirectories(directory.resolve(place));
    Files.copy(Path.of("pom.xml"), checkout.resolve("pom.xml"));
    copy(Path.of("src/main"), checkout.resolve("src/main"));
    Path output = checkout.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                "mvn",
                "-B",
                "-q",
                "-ntp",
                "-Prelease",
                "-Dgpg.skip",
                "-Dmaven.test.skip=true",
                "-Dmaven.repo.local=" + System.getProperty("localRepository", localRepository()),
                "package")
            .directory(checkout.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("MAVEN_"));
    builder.environment().putAll(environment);
    Process maven = builder.start();
    try {
      assertThat(maven.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)).isTrue();
    } finally {
      maven.descendants().forEach(ProcessHandle::destroyForcibly);
      maven.destroyForcibly();
    }
    assertThat(maven.exitValue()).as(Files.readString(output)).isZero();
    try (Stream<Path> files = Files.list(checkout.resolve("target"))) {
      Map<String, Path> built = new TreeMap<>();
      files
          .filter(file -> file.toString().matches(".*(\\.jar|/bom\\.(json|xml))"))
          .forEach(file -> built.put(kind(file), file));
      return built;
    }
  }

  private static String localRepository() {
    return Path.of(System.getProperty("user.home"), ".m2", "repository").toString();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  /** The classifier of a jar, {@code main} without one; else the name of the file. */
  private static String kind(Path file) {
    String name = file.getFileName().toString();
    Matcher jar = JAR.matcher(name);
    return !jar.matches() ? name : jar.group(1) == null ? "main" : jar.group(1);
  }

  private static List<String> entries(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream().map(ZipEntry::getName).toList();
    }
  }

  @Test
  void twoBuildsAreTheSameToTheByte() {
    assertThat(artifacts)
        .containsOnlyKeys("main", "fat", "sources", "javadoc", "bom.json", "bom.xml");
    assertThat(again).containsOnlyKeys(artifacts.keySet());
    artifacts.forEach((kind, file) -> assertThat(again.get(kind)).hasSameBinaryContentAs(file));
  }

  @Test
  void theFatJarRunsOnItsOwnAndKnowsItsVersion() throws Exception {
    Path fat = artifacts.get("fat");

    assertThat(run(fat, "--version").replace(' ', '-') + "-fat.jar")
        .isEqualTo(fat.getFileName().toString());
    assertThat(run(fat, "check", Path.of("conf/webhook.json").toAbsolutePath().toString()))
        .endsWith("conf/webhook.json: can be served");
  }

  private String run(Path jar, String... args) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String[] command =
        Stream.concat(Stream.of(java, "-jar", jar.toString()), Stream.of(args))
            .toArray(String[]::new);
    return Tool.output(directory, command).strip();
  }

  @Test
  void theMainJarHoldsThisModuleAlone() throws Exception {
    assertThat(entries(artifacts.get("main")))
        .contains("META-INF/LICENSE", "dev/auditwebhook/WebhookVerticle.class")
        .allMatch(name -> name.matches("(META-INF/|dev/(auditwebhook/.*)?).*"));
  }

  @Test
  void sourcesAndDocumentationGoWithIt() throws Exception {
    assertThat(entries(artifacts.get("sources")))
        .contains(
            "dev/auditwebhook/WebhookVerticle.java", "dev/auditwebhook/endpoint/Endpoint.java");
    assertThat(entries(artifacts.get("javadoc")))
        .contains("index.html", "dev/auditwebhook/WebhookVerticle.html")
        .doesNotContain("dev/auditwebhook/endpoint/Endpoint.html");
  }

  @Test
  void theBillOfMaterialsNamesWhatIsShippedAndNothingOfTheTests() throws Exception {
    JsonObject bom = new JsonObject(Buffer.buffer(Files.readAllBytes(artifacts.get("bom.json"))));
    List<String> names =
        bom.getJsonArray("components").stream()
            .map(component -> ((JsonObject) component).getString("name"))
            .toList();

    assertThat(bom.getString("bomFormat")).isEqualTo("CycloneDX");
    assertThat(names)
        .contains("vertx-core", "vertx-web", "h2-mvstore", "vertx-pg-client", "logback-classic")
        .doesNotContain("junit-jupiter", "assertj-core", "selenium-java");
    for (Object component : bom.getJsonArray("components")) {
      assertThat(((JsonObject) component).getJsonArray("hashes")).isNotEmpty();
    }
  }

  @Test
  void thePomHasWhatAPublicRepositoryAsksFor() throws Exception {
    String pom = Files.readString(Path.of("pom.xml")).split("<properties>")[0];

    for (String element :
        List.of("name", "description", "url", "licenses", "developers", "scm", "inceptionYear")) {
      assertThat(pom).contains("<" + element + ">", "</" + element + ">");
    }
  }
}
