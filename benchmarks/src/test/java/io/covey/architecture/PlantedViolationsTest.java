package io.covey.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same rules, run on code that breaks each of them, must say so: the gate bites. */
class PlantedViolationsTest {
  private static final String ROOT = "io.covey.architecture.planted";
  private static final JavaClasses PLANTED = new ClassFileImporter().importPackages(ROOT);

  private final Architecture architecture = new Architecture(ROOT);

  private static String failures(List<ArchRule> rules) {
    StringBuilder report = new StringBuilder();
    for (ArchRule rule : rules) {
      report.append(rule.evaluate(PLANTED).getFailureReport());
    }
    return report.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "usesVertx",
        "usesNetty",
        "usesPaho",
        "opensSocket",
        "readsFile",
        "readsStream",
        "startsThread",
        "usesExecutor",
        "asksForInstant",
        "asksForNanoTime",
        "asksForMillis",
        "holdsClock",
        "logs",
        "prints",
        "drawsFromRandom",
        "drawsFromSecureRandom",
        "drawsFromMath",
        "drawsFromThread",
        "drawsFromDefaultGenerator",
        "drawsUuid",
        "shufflesByItself",
        "readsEnvironment"
      })
  void anImpureCoreIsCaughtWhenIt(String method) {
    assertThat(failures(architecture.cores())).contains("ImpureRound." + method + "(");
  }

  @Test
  void aPureCoreIsLeftAlone() {
    assertThat(failures(architecture.cores())).doesNotContain("PureRound");
  }

  @Test
  void wrongDirectionsAreCaught() {
    assertThat(failures(architecture.directions()))
        .contains("CoordinatorThatSeesTheAgent", "AgentThatSeesTheCoordinator")
        .contains("CoreThatSeesTheSimulator", "CoreThatSeesBenchmarks")
        .contains("Cycle detected");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bouncyCastle",
        "bouncyCastleCertificates",
        "paho",
        "tensorFlowLite",
        "flatbuffers",
        "fastCsv",
        "hiveMq",
        "jdbc",
        "jdbi"
      })
  void aLibraryOutsideItsHomeIsCaught(String method) {
    assertThat(failures(architecture.homes())).contains("Homeless." + method + "(");
  }

  @Test
  void adaptersThatKnowEachOtherAreCaught() {
    assertThat(failures(architecture.adapters()))
        .contains("HttpThatKnowsMqtt", "MqttThatKnowsStore", "StoreThatKnowsHttp");
  }

  @ParameterizedTest
  @ValueSource(strings = {"loadsSettings", "readsVariable", "readsAllVariables"})
  void configurationReadOutsideConfigAndAppIsCaught(String method) {
    assertThat(failures(architecture.adapters())).contains("ReadsConfiguration." + method + "(");
  }

  @Test
  void configurationReadInConfigIsLeftAlone() {
    assertThat(failures(architecture.adapters())).doesNotContain("MayReadConfiguration");
  }

  @ParameterizedTest
  @ValueSource(strings = {"util", "common", "helper", "misc"})
  void aPackageWithANameThatSaysNothingIsCaught(String name) {
    assertThat(failures(architecture.names())).contains("planted." + name + ".");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RoundManager", "TransportImpl", "ByteUtil", "RoundHelper"})
  void aClassWithANameThatSaysNothingIsCaught(String name) {
    assertThat(failures(architecture.names())).contains(name);
  }

  @Test
  void aPackageThatIsNotNullMarkedIsCaught() {
    assertThat(failures(architecture.nullness())).contains("planted.unmarked.Unmarked");
  }
}
