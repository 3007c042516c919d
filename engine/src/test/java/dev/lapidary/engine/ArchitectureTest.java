package dev.lapidary.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** An event meets the packages in one order; nothing points back. */
class ArchitectureTest {
  private static final String ROOT = "dev.lapidary.engine";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/quickjs/"))
          .importPackages(ROOT);

  @Test
  void packagesPointRightOnlyInTheOrderAnEventMeetsThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("cli")
        .definedBy(ROOT + ".cli..")
        .layer("http")
        .definedBy(ROOT + ".http..")
        .layer("project")
        .definedBy(ROOT + ".project..")
        .layer("supervisor")
        .definedBy(ROOT + ".supervisor..")
        .layer("engine")
        .definedBy(ROOT)
        .layer("worker")
        .definedBy(ROOT + ".worker..")
        .layer("log")
        .definedBy(ROOT + ".log..")
        .layer("object")
        .definedBy(ROOT + ".object..")
        .layer("outbound")
        .definedBy(ROOT + ".outbound..")
        .layer("alarm")
        .definedBy(ROOT + ".alarm..")
        .layer("facet")
        .definedBy(ROOT + ".facet..")
        .layer("guest")
        .definedBy(ROOT + ".guest..")
        .layer("storage")
        .definedBy(ROOT + ".storage..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("http")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("project")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("supervisor")
        .mayOnlyBeAccessedByLayers("cli", "http")
        .whereLayer("engine")
        .mayOnlyBeAccessedByLayers("cli", "http", "project", "supervisor")
        .whereLayer("log")
        .mayOnlyBeAccessedByLayers("cli", "http", "project", "supervisor", "engine")
        .whereLayer("worker")
        .mayOnlyBeAccessedByLayers("cli", "http", "project", "supervisor", "engine")
        .whereLayer("object")
        .mayOnlyBeAccessedByLayers("cli", "http", "supervisor", "engine", "worker")
        .whereLayer("alarm")
        .mayOnlyBeAccessedByLayers("object")
        .whereLayer("outbound")
        .mayOnlyBeAccessedByLayers("cli", "http")
        .whereLayer("facet")
        .mayOnlyBeAccessedByLayers(
            "cli", "http", "supervisor", "engine", "log", "worker", "object", "alarm")
        .whereLayer("guest")
        .mayOnlyBeAccessedByLayers(
            "cli", "http", "project", "supervisor", "engine", "worker", "object", "facet")
        .check(CLASSES);
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void onlyHttpSeesVertxWeb() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".http..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vertx.ext.web..")
        .check(CLASSES);
  }

  @Test
  void onlyGuestSeesChicory() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".guest..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.dylibso.chicory..")
        .check(CLASSES);
  }

  @Test
  void onlyStorageSeesSql() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".storage..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "org.sqlite..")
        .check(CLASSES);
  }
}
