package io.covey.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.covey.coordinator.round.ServerOptimization;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.simulator.data.DataSplit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioReaderTest {

  @Test
  void anEmptyScenarioIsTheStandardPlanWithoutFaults() throws ScenarioException {
    Scenario scenario = ScenarioReader.parse("seed: 5\n", "test");

    assertThat(scenario.seed()).isEqualTo(5);
    assertThat(scenario.agents()).isEqualTo(10);
    assertThat(scenario.plan()).isEqualTo(TrainingPlan.standard());
    assertThat(scenario.split()).isEqualTo(new DataSplit.Dirichlet(0.5));
    assertThat(scenario.devices().absence()).isEmpty();
    assertThat(scenario.network().loss()).isZero();
    assertThat(scenario.coordinatorRestarts()).isEmpty();
  }

  @Test
  void everyKeyIsRead() throws ScenarioException {
    Scenario scenario =
        ScenarioReader.parse(
            """
            agents: 20
            rounds: 3
            limit: 2h
            plan:
              cohortSize: 12
              epochs: 2
              valueBits: 16
              maximumWeight: 9000
              reportingPeriod: 1.5m
              optimizer: {algorithm: fedadam, learningRate: 0.05}
            data: {split: iid, heldOut: 0.25}
            devices:
              trainingPerExample: {distribution: lognormal, median: 250us, sigma: 0.1}
              drops: {midUpload: 0.5, restart: {distribution: uniform, from: 1s, to: 2s}}
              absence: {meanOnline: 1h, meanOffline: 1m}
            network: {loss: 0.1, delay: {value: 10ms}}
            coordinator: {restartsDuringRounds: [3, 2, 2]}
            """,
            "test");

    assertThat(scenario.plan().cohortSize()).isEqualTo(12);
    assertThat(scenario.plan().minimumReports()).isEqualTo(6);
    assertThat(scenario.plan().training().epochs()).isEqualTo(2);
    assertThat(scenario.plan().maximumWeight()).isEqualTo(9000);
    assertThat(scenario.plan().reportingPeriod()).isEqualTo(Duration.ofSeconds(90));
    assertThat(scenario.plan().optimization().algorithm())
        .isEqualTo(ServerOptimization.Algorithm.FED_ADAM);
    assertThat(scenario.plan().optimization().learningRate()).isEqualTo(0.05f);
    assertThat(scenario.split()).isEqualTo(new DataSplit.Uniform());
    assertThat(scenario.devices().trainingPerExample())
        .isEqualTo(new DurationDistribution.LogNormal(Duration.ofNanos(250_000), 0.1));
    assertThat(scenario.devices().drops().midUpload()).isEqualTo(0.5);
    assertThat(scenario.devices().drops().restart())
        .isEqualTo(new DurationDistribution.Uniform(Duration.ofSeconds(1), Duration.ofSeconds(2)));
    assertThat(scenario.devices().absence())
        .contains(new Scenario.Absence(Duration.ofHours(1), Duration.ofMinutes(1)));
    assertThat(scenario.network().delay())
        .isEqualTo(new DurationDistribution.Constant(Duration.ofMillis(10)));
    assertThat(scenario.coordinatorRestarts()).containsExactly(2, 3);
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    List<String> problems =
        problemsOf(
            """
            agents: 0
            rounds: many
            bananas: 3
            plan: {epochs: 0, clipNorm: -1, learningRate: fast, optimizer: {algorithm: sgd}}
            data: {split: iid, alpha: 0.5}
            devices:
              trainingPerExample: {distribution: uniform, from: 3s, to: 1s}
              drops: {midUpload: 1.5, restart: {distribution: constant, median: 1s}}
              absence: {meanOnline: 1h}
            network: {delay: {value: 3 parsecs}}
            coordinator: {restartsDuringRounds: [0, 21]}
            """);

    assertThat(problems)
        .anySatisfy(p -> assertThat(p).isEqualTo("agents: is 0, expected 1 to 400"))
        .anySatisfy(p -> assertThat(p).startsWith("rounds: is \"many\", expected a whole number"))
        .anySatisfy(p -> assertThat(p).startsWith("bananas: is not known here; known are agents"))
        .anySatisfy(p -> assertThat(p).startsWith("plan: epochs is 0"))
        .anySatisfy(p -> assertThat(p).startsWith("plan: clipNorm is -1"))
        .anySatisfy(p -> assertThat(p).startsWith("plan.learningRate: is \"fast\""))
        .anySatisfy(p -> assertThat(p).startsWith("plan.optimizer.algorithm: is 'sgd', expected"))
        .anySatisfy(p -> assertThat(p).startsWith("data.alpha: is of no use"))
        .anySatisfy(p -> assertThat(p).startsWith("devices.trainingPerExample: from PT3S exceeds"))
        .anySatisfy(p -> assertThat(p).startsWith("devices.drops.midUpload: is 1.5"))
        .anySatisfy(p -> assertThat(p).startsWith("devices.drops.restart.value: is missing"))
        .anySatisfy(p -> assertThat(p).startsWith("devices.drops.restart.median: is not known"))
        .anySatisfy(p -> assertThat(p).startsWith("devices.absence.meanOffline: is missing"))
        .anySatisfy(p -> assertThat(p).startsWith("network.delay.value: is '3 parsecs'"))
        .anySatisfy(p -> assertThat(p).startsWith("coordinator.restartsDuringRounds: holds 0"))
        .doesNotHaveDuplicates();
  }

  @Test
  void keysThatDoNotFitTogetherAreProblems() {
    assertThat(problemsOf("plan: {cohortSize: 6, minimumReports: 7}"))
        .containsExactly("plan: minimumReports is 7.0, expected 1.0 to 6.0");
    assertThat(problemsOf("agents: 5\n"))
        .containsExactly("plan.cohortSize: is 8, but there are only 5 agents");
  }

  @Test
  void whatIsNoScenarioIsRefusedInWords(@TempDir Path directory) throws Exception {
    assertThat(problemsOf("a: [")).first().asString().startsWith("not YAML: ");
    assertThat(problemsOf("agents: 3\nagents: 4")).first().asString().startsWith("not YAML: ");
    assertThat(problemsOf("just words")).containsExactly("the file: expected keys and values");

    Path file = directory.resolve("scenario.yaml");
    assertThat(problemsOf(file)).containsExactly("there is no such file");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThat(problemsOf(file)).containsExactly("the file is not UTF-8 text");
    Files.writeString(file, "#".repeat(2_000_000), StandardCharsets.UTF_8);
    assertThat(problemsOf(file)).containsExactly("the file is larger than 1048576 bytes");
  }

  @Test
  void theExampleIsSound() throws ScenarioException {
    Scenario example = ScenarioReader.read(Path.of("..", "examples", "scenario.yaml"));

    assertThat(example.agents()).isEqualTo(200);
    assertThat(example.network().loss()).isEqualTo(0.01);
    Scenario.Drops drops = example.devices().drops();
    assertThat(
            drops.beforeTraining()
                + drops.duringTraining()
                + drops.beforeReporting()
                + drops.midUpload())
        .isEqualTo(0.1);
  }

  private static List<String> problemsOf(String yaml) {
    ScenarioException refusal =
        catchThrowableOfType(ScenarioException.class, () -> ScenarioReader.parse(yaml, "test"));
    assertThat(refusal).isNotNull();
    return refusal.problems();
  }

  private static List<String> problemsOf(Path file) {
    ScenarioException refusal =
        catchThrowableOfType(ScenarioException.class, () -> ScenarioReader.read(file));
    assertThat(refusal).isNotNull();
    return refusal.problems();
  }
}
