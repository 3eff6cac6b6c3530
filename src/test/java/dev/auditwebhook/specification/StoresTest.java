package dev.auditwebhook.specification;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.OneStore;
import org.junit.jupiter.api.Test;

/** No test of the specification is left out of the runs with other stores by an oversight. */
@OneStore("it reads classes, and keeps no events")
class StoresTest {

  @Test
  void eachClassRunsOnEveryStoreOrSaysWhyNot() {
    classes()
        .that()
        .haveSimpleNameEndingWith("Test")
        .should()
        .beAnnotatedWith(EveryStore.class)
        .orShould()
        .beAnnotatedWith(OneStore.class)
        .check(new ClassFileImporter().importPackages("dev.auditwebhook.specification"));
  }
}
