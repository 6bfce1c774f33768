package io.covey.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.covey.coordinator.round.ServerOptimization;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.protocols.settings.SettingsException;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import io.covey.simulator.data.DataSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioTest {
  @TempDir Path directory;

  @Test
  void withoutAFileItIsTheStandardPlanAndNothingGoesWrong() {
    Scenario scenario = SettingsLoader.load(Scenario.class, Sources.none()).value();

    assertThat(scenario.plan().plan()).isEqualTo(TrainingPlan.standard());
    assertThat(scenario.data().dataSplit()).isEqualTo(new DataSplit.Dirichlet(0.5));
    assertThat(scenario.devices().absence()).isEmpty();
    assertThat(scenario.devices().drops().midUpload()).isZero();
    assertThat(scenario.devices().drops().beforeAdvertising()).isZero();
    assertThat(scenario.devices().drops().beforeSharing()).isZero();
    assertThat(scenario.devices().drops().beforeConfirming()).isZero();
    assertThat(scenario.devices().drops().beforeUnmasking()).isZero();
    assertThat(scenario.network().loss()).isZero();
    assertThat(scenario.coordinator().restartsDuringRounds()).isEmpty();
  }

  @Test
  void theServerOptimizerKeepsItsOwnConstantsWhereNoneAreGiven() throws IOException {
    Scenario scenario =
        load("plan: {server-optimizer: {algorithm: fed-yogi, learning-rate: 0.05}}");

    ServerOptimization yogi = ServerOptimization.of(ServerOptimization.Algorithm.FED_YOGI);
    assertThat(scenario.plan().plan().optimization())
        .isEqualTo(
            new ServerOptimization(
                yogi.algorithm(), 0.05f, yogi.momentum(), yogi.secondMoment(), yogi.adaptivity()));
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    SettingsException refusal =
        refusalOf(
            """
            agents: 0
            rounds: many
            bananas: 3
            plan: {clip-norm: -1, epochs: 0, server-optimizer: {algorithm: sgd}}
            devices:
              drops: {mid-upload: 0.7, before-training: 0.7}
              absence: {mean-online: 1h}
            network: {minimum-delay: 3s, maximum-delay: 1s}
            coordinator: {restarts-during-rounds: [0]}
            """);

    assertThat(refusal)
        .hasMessageContaining("agents")
        .hasMessageContaining("rounds")
        .hasMessageContaining("bananas")
        .hasMessageContaining("plan.clip-norm")
        .hasMessageContaining("plan.epochs")
        .hasMessageContaining("plan.server-optimizer.algorithm")
        .hasMessageContaining("the probabilities of the steps sum to 1.4")
        .hasMessageContaining("devices.absence.mean-offline")
        .hasMessageContaining("minimum-delay PT3S exceeds maximum-delay PT1S")
        .hasMessageContaining("coordinator.restarts-during-rounds[0]");
  }

  @Test
  void keysThatDoNotFitTogetherAreProblems() {
    assertThat(refusalOf("plan: {cohort-size: 6, minimum-reports: 7}"))
        .hasMessageContaining("minimum-reports 7 exceeds cohort-size 6");
    assertThat(refusalOf("agents: 5"))
        .hasMessageContaining("plan.cohort-size is 8, but there are 5 agents");
  }

  @Test
  void deviceSpeedsHaveTheMedianAndSpreadThatTheyWereGiven() {
    DeviceSettings.Speed speed = new DeviceSettings.Speed(Duration.ofMillis(20), 1);
    Random random = new Random(3);
    int draws = 10_000;
    int faster = 0;
    int withinOneSigma = 0;
    for (int i = 0; i < draws; i++) {
      double ratio = (double) speed.draw(random).toNanos() / Duration.ofMillis(20).toNanos();
      faster += ratio < 1 ? 1 : 0;
      withinOneSigma += ratio > 1 / Math.E && ratio < Math.E ? 1 : 0;
    }
    // Five standard deviations of a binomial with p = 1/2 are 250, with p = 0.683 about 233.
    assertThat(faster).isBetween(4750, 5250);
    assertThat(withinOneSigma).isBetween(6827 - 233, 6827 + 233);
  }

  @Test
  void theExampleIsSound() {
    Path file = Path.of("..", "examples", "scenario.yaml");
    Scenario example = SettingsLoader.load(Scenario.class, Sources.none().withFile(file)).value();

    assertThat(example.agents()).isEqualTo(200);
    assertThat(example.network().loss()).isEqualTo(0.01);
    DeviceSettings.Drops drops = example.devices().drops();
    double[] steps = {
      drops.beforeTraining(),
      drops.beforeAdvertising(),
      drops.beforeSharing(),
      drops.duringTraining(),
      drops.beforeReporting(),
      drops.midUpload(),
      drops.beforeConfirming(),
      drops.beforeUnmasking()
    };
    assertThat(Arrays.stream(steps).min().orElseThrow()).isPositive();
    assertThat(Arrays.stream(steps).sum()).isCloseTo(0.1, within(1e-9));
  }

  private Scenario load(String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve("scenario.yaml"), yaml);
    return SettingsLoader.load(Scenario.class, Sources.none().withFile(file)).value();
  }

  private SettingsException refusalOf(String yaml) {
    SettingsException refusal = catchThrowableOfType(SettingsException.class, () -> load(yaml));
    assertThat(refusal).isNotNull();
    return refusal;
  }
}
