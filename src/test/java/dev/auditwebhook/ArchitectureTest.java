package dev.auditwebhook;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the house is laid out: the arrows between the rooms, and their sizes. */
class ArchitectureTest {

  private static final String ROOT = "dev.auditwebhook";

  private static final JavaClasses MODULE =
      new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages(ROOT);

  /** What of the root is for the rooms: options, addresses, client, the entry. */
  private static final String FOR_ALL = "(\\w+Options|WebhookAddresses|WebhookClient|AuditEvent)";

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "json,",
    "metrics,",
    "security.access,",
    "security, security.access json",
    "wire.format, json",
    "wire.auth, wire.format security",
    "wire, wire.format wire.auth security json",
    "endpoint.ledger, wire.format",
    "endpoint.attempt, endpoint.ledger wire wire.format security metrics json",
    "endpoint.settings, endpoint.ledger wire security",
    "endpoint, endpoint.ledger endpoint.attempt endpoint.settings wire wire.format security metrics"
        + " json",
    "journal.pace, endpoint",
    "journal, journal.pace endpoint endpoint.ledger wire.format metrics",
    "journal.memory, journal endpoint.ledger wire.format",
    "journal.file, journal endpoint endpoint.ledger wire.format",
    "journal.postgres.database, endpoint",
    "journal.postgres.requests, journal journal.postgres.database endpoint json",
    "journal.postgres.nodes, journal journal.pace journal.postgres.database journal.postgres.requests endpoint"
        + " endpoint.ledger endpoint.settings wire.format metrics",
    "journal.postgres, journal journal.pace journal.postgres.database journal.postgres.nodes"
        + " endpoint endpoint.ledger wire.format metrics json",
    "bus.trail, journal security metrics",
    "bus, bus.trail journal journal.memory journal.file journal.postgres endpoint endpoint.ledger endpoint.attempt"
        + " endpoint.settings wire wire.format security metrics json",
    "http.guard, security security.access json",
    "http.tls, http.guard metrics",
    "http, http.guard http.tls security security.access metrics json",
    "cli.demo,",
    "cli, cli.demo json security security.access http.tls journal.postgres.database",
  })
  void anArrowGoesFromARoomToTheseAlone(String room, String others) {
    Set<String> allowed =
        others == null
            ? new TreeSet<>()
            : Arrays.stream(others.split(" ")).map(other -> ROOT + "." + other).collect(toSet());
    allowed.add(ROOT + "." + room);
    assertThat(
            dependencies()
                .filter(one -> one.getOriginClass().getPackageName().equals(ROOT + "." + room))
                .filter(one -> !allowed.contains(one.getTargetClass().getPackageName()))
                .filter(one -> !isForAll(outer(one.getTargetClass())))
                .map(Dependency::getDescription))
        .isEmpty();
  }

  private static boolean isForAll(String className) {
    return className.matches(ROOT.replace(".", "\\.") + "\\." + FOR_ALL);
  }

  private static Stream<Dependency> dependencies() {
    return MODULE.stream()
        .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
        .filter(one -> one.getTargetClass().getPackageName().startsWith(ROOT));
  }

  private static String outer(JavaClass some) {
    return some.getBaseComponentType().getName().replaceFirst("\\$.*", "");
  }

  @Test
  void noTwoClassesNeedEachOther() {
    Map<String, Set<String>> needs = new HashMap<>();
    dependencies()
        .forEach(
            one ->
                needs
                    .computeIfAbsent(outer(one.getOriginClass()), name -> new TreeSet<>())
                    .add(outer(one.getTargetClass())));
    Set<String> pairs = new TreeSet<>();
    needs.forEach(
        (one, others) ->
            others.stream()
                .filter(other -> one.compareTo(other) < 0)
                .filter(other -> needs.getOrDefault(other, Set.of()).contains(one))
                .forEach(other -> pairs.add(one + " <-> " + other)));
    assertThat(pairs).isEmpty();
  }

  @Test
  void theMainVerticleAloneKnowsTheCommands() {
    classes()
        .that()
        .resideInAPackage("dev.auditwebhook.cli")
        .should()
        .onlyHaveDependentClassesThat(
            JavaClass.Predicates.resideInAPackage("dev.auditwebhook.cli")
                .or(JavaClass.Predicates.equivalentTo(MainVerticle.class)))
        .check(MODULE);
  }

  @Test
  void onlyMetricsKnowMicrometer() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.auditwebhook.metrics..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micrometer..", "io.vertx.micrometer..")
        .check(MODULE);
  }

  @Test
  void onlyWhatAsksForTokensKnowsTheLibraryThatDoes() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.auditwebhook.wire.auth")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vertx.ext.auth..")
        .check(MODULE);
  }

  @Test
  void onlyTheWebhookIsSeenOfTheBus() {
    classes()
        .that()
        .resideInAPackage("dev.auditwebhook.bus")
        .and()
        .arePublic()
        .should()
        .haveSimpleName("Webhook")
        .check(MODULE);
  }

  @ParameterizedTest
  @CsvSource({"memory", "file", "postgres"})
  void onlyItsEngineIsSeenOfAStore(String store) {
    classes()
        .that()
        .resideInAPackage("dev.auditwebhook.journal." + store)
        .and()
        .arePublic()
        .should()
        .implement("dev.auditwebhook.journal.Engine")
        .check(MODULE);
  }

  @Test
  void theTimeIsReadAndSetByTheClockAlone() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.auditwebhook.journal..", "dev.auditwebhook.endpoint..")
        .and()
        .doNotHaveSimpleName("VertxClock")
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethodWhere(
            com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching(
                    "setTimer|setPeriodic")))
        .check(MODULE);
  }

  @Test
  void noNameIsThereTwice() {
    Map<String, List<JavaClass>> named =
        MODULE.stream()
            .filter(each -> !each.isAnonymousClass() && !each.isNestedClass())
            .filter(each -> !each.getSimpleName().equals("package-info"))
            .collect(groupingBy(JavaClass::getSimpleName));
    assertThat(named.values()).allMatch(same -> same.size() == 1);
    Set<String> names = named.keySet();
    assertThat(names.stream().filter(name -> names.contains(name + "s"))).isEmpty();
  }

  @Test
  void noConstructorHasMoreThanSixArguments() {
    assertThat(
            MODULE.stream()
                .filter(each -> !each.isRecord())
                .flatMap(each -> each.getConstructors().stream())
                .filter(each -> each.getParameters().size() > 6)
                .map(JavaConstructor::getFullName))
        .isEmpty();
  }

  @Test
  void noRoomIsCrowdedAndEachSaysWhatLivesThere() throws IOException {
    for (Map.Entry<Path, List<Path>> room : sources().entrySet()) {
      List<Path> files = room.getValue();
      assertThat(files)
          .as(room.getKey().toString())
          .contains(room.getKey().resolve("package-info.java"));
      if (!room.getKey().endsWith("auditwebhook")) {
        assertThat(files).as(room.getKey().toString()).hasSizeLessThanOrEqualTo(16 + 1);
      }
    }
  }

  @Test
  void noClassIsLong() throws IOException {
    for (List<Path> files : sources().values()) {
      for (Path file : files) {
        assertThat(Files.readAllLines(file).size()).as(file.toString()).isLessThanOrEqualTo(300);
      }
    }
  }

  private static Map<Path, List<Path>> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .collect(groupingBy(Path::getParent));
    }
  }
}
