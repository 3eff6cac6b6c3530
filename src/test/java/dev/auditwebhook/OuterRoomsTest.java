package dev.auditwebhook;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The arrows between the rooms around the way of an event. */
class OuterRoomsTest {

  private static final JavaClasses MODULE =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("dev.auditwebhook");

  private static final String[] ROOMS = {
    "dev.auditwebhook",
    "dev.auditwebhook.cli..",
    "dev.auditwebhook.http..",
    "dev.auditwebhook.json..",
    "dev.auditwebhook.metrics..",
    "dev.auditwebhook.security.."
  };

  @Test
  void jsonAndMetricsKnowNobody() {
    for (String room : List.of("dev.auditwebhook.json..", "dev.auditwebhook.metrics..")) {
      noClasses()
          .that()
          .resideInAPackage(room)
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.auditwebhook..").and(not(resideInAPackage(room))))
          .check(MODULE);
    }
  }

  @Test
  void securityKnowsJsonAlone() {
    noClasses()
        .that()
        .resideInAPackage("dev.auditwebhook.security..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.auditwebhook..")
                .and(
                    not(
                        resideInAnyPackage(
                            "dev.auditwebhook.security..", "dev.auditwebhook.json.."))))
        .check(MODULE);
  }

  @Test
  void guardsKnowNoRoute() {
    noClasses()
        .that()
        .resideInAPackage("dev.auditwebhook.http.guard..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.auditwebhook.http")
        .check(MODULE);
  }

  @Test
  void theMainVerticleAloneKnowsTheCommands() {
    classes()
        .that()
        .resideInAPackage("dev.auditwebhook.cli..")
        .should()
        .onlyHaveDependentClassesThat(
            resideInAPackage("dev.auditwebhook.cli..")
                .or(JavaClass.Predicates.equivalentTo(MainVerticle.class)))
        .check(MODULE);
  }

  @Test
  void noTwoClassesNeedEachOther() {
    Map<String, Set<String>> needs =
        MODULE.stream()
            .filter(resideInAnyPackage(ROOMS)::test)
            .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
            .collect(
                groupingBy(
                    need -> outermost(need.getOriginClass()),
                    mapping(need -> outermost(need.getTargetClass()), toSet())));

    needs.forEach(
        (type, needed) ->
            assertThat(needed)
                .as("what %s needs and needs it", type)
                .noneMatch(
                    other ->
                        !other.equals(type) && needs.getOrDefault(other, Set.of()).contains(type)));
  }

  private static String outermost(JavaClass type) {
    return type.getName().split("\\$")[0];
  }
}
