package io.covey.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Production code keeps to the architecture. Plain test methods: fields with ArchUnit's own
 * annotation can be skipped by the test runner without a word.
 */
class ArchitectureTest {
  private static final String ROOT = "io.covey";
  private static final JavaClasses PRODUCTION =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private final Architecture architecture = new Architecture(ROOT);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "protocols",
        "crypto",
        "models",
        "coordinator",
        "edgeagent",
        "simulator",
        "benchmarks",
        "crypto.secagg",
        "coordinator.round",
        "edgeagent.session",
        "protocols.transport",
        "models.runtime",
        "coordinator.broker",
        "coordinator.http",
        "coordinator.mqtt",
        "coordinator.store",
        "coordinator.config",
        "edgeagent.config"
      })
  void thereIsSomethingToCheckIn(String part) {
    String wanted = ROOT + "." + part;
    assertThat(PRODUCTION)
        .anyMatch(
            javaClass ->
                javaClass.getPackageName().equals(wanted)
                    || javaClass.getPackageName().startsWith(wanted + "."));
  }

  @Test
  void coresArePure() {
    check(architecture.cores());
  }

  @Test
  void dependenciesPointOneWay() {
    check(architecture.directions());
  }

  @Test
  void eachLibraryHasOneHome() {
    check(architecture.homes());
  }

  @Test
  void adaptersDoNotKnowEachOtherAndConfigurationIsReadInOnePlace() {
    check(architecture.adapters());
  }

  @Test
  void packagesAndClassesHaveNamesThatSaySomething() {
    check(architecture.names());
  }

  @Test
  void everyPackageIsNullMarked() {
    check(architecture.nullness());
  }

  private static void check(List<ArchRule> rules) {
    assertThat(rules).isNotEmpty();
    rules.forEach(rule -> rule.check(PRODUCTION));
  }
}
