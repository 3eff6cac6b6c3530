package dev.auditwebhook;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** The arrows between the rooms. */
class ArchitectureTest {

  private static final JavaClasses MODULE =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("dev.auditwebhook");

  @Test
  void deliveryKnowsNoHttpRoutes() {
    noClasses()
        .that()
        .resideInAPackage("dev.auditwebhook.delivery..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.auditwebhook.http..",
            "dev.auditwebhook.cli..",
            "io.vertx.ext.web",
            "io.vertx.ext.web.handler..")
        .allowEmptyShould(true)
        .check(MODULE);
  }

  @Test
  void httpMeetsDeliveryAtTheAddressesOnly() {
    noClasses()
        .that()
        .resideInAPackage("dev.auditwebhook.http..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.auditwebhook.delivery..", "dev.auditwebhook.store..", "dev.auditwebhook.cli..")
        .allowEmptyShould(true)
        .check(MODULE);
  }

  @Test
  void storeKnowsNobody() {
    noClasses()
        .that()
        .resideInAPackage("dev.auditwebhook.store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.auditwebhook.delivery..", "dev.auditwebhook.http..", "dev.auditwebhook.cli..")
        .check(MODULE);
  }

  @Test
  void securityIsTheGroundFloor() {
    noClasses()
        .that()
        .resideInAPackage("dev.auditwebhook.security..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.auditwebhook.delivery..",
            "dev.auditwebhook.store..",
            "dev.auditwebhook.http..",
            "dev.auditwebhook.cli..")
        .check(MODULE);
  }

  @Test
  void metricsKnowNobody() {
    noClasses()
        .that()
        .resideInAPackage("dev.auditwebhook.metrics..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.auditwebhook",
            "dev.auditwebhook.delivery..",
            "dev.auditwebhook.store..",
            "dev.auditwebhook.security..",
            "dev.auditwebhook.http..",
            "dev.auditwebhook.cli..")
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
  void onlyTheWebhookIsSeenOfDelivery() {
    classes()
        .that()
        .resideInAPackage("dev.auditwebhook.delivery..")
        .and()
        .arePublic()
        .should()
        .haveSimpleName("Webhook")
        .check(MODULE);
  }
}
