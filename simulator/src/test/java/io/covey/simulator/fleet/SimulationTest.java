package io.covey.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RoundRecord;
import io.covey.protocols.launch.Covey;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import io.covey.simulator.report.ReportFiles;
import io.covey.simulator.report.SimulationReport;
import io.covey.simulator.report.SimulationReport.Outcome;
import io.covey.simulator.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulationTest {
  /** Every kind of fault at once, on a fleet that is small enough to run twice. */
  private static final String TROUBLED =
      """
      seed: 7
      agents: 26
      rounds: 4
      plan: {cohort-size: 16, minimum-reports: 8, maximum-weight: 128}
      devices:
        training-per-example: {median: 5ms, sigma: 1}
        drops:
          before-training: 0.02
          before-advertising: 0.02
          before-sharing: 0.02
          during-training: 0.02
          before-reporting: 0.02
          mid-upload: 0.02
          before-confirming: 0.02
          before-unmasking: 0.02
          maximum-away: 30s
        absence: {mean-online: 5m, mean-offline: 20s}
      network:
        loss: 0.02
        duplication: 0.05
        reordering: true
        minimum-delay: 5ms
        maximum-delay: 200ms
      coordinator: {restarts-during-rounds: [2]}
      """;

  @TempDir Path directory;

  @Test
  void aFleetWithoutFaultsLearnsAndLosesNobody() throws IOException {
    SimulationReport report = run("rounds: 5\nplan: {learning-rate: 0.2}", 1);

    assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(report.rounds()).hasSize(5).allSatisfy(r -> assertThat(r.reported()).isEqualTo(8));
    assertThat(report.accuracyBefore()).isLessThan(0.3);
    assertThat(report.accuracyAfter()).isGreaterThan(0.85);
    assertThat(report.agentsServingNewest()).isEqualTo(10);
    assertThat(report.network().lost()).isZero();
    assertThat(report.wire().updates()).isEqualTo(40);
    assertThat(report.faults().values()).containsOnly(0L);
  }

  /**
   * The second run is in a process of its own: within one, collections whose order differs from
   * process to process would go unnoticed.
   */
  @Test
  void theSameSeedGivesTheSameFilesToTheLastBitInAnotherProcessToo() throws Exception {
    Path scenario = Files.writeString(directory.resolve("troubled.yaml"), TROUBLED);
    ReportFiles.write(run(TROUBLED, 7), directory.resolve("here"));
    ReportFiles.write(run(TROUBLED, 8), directory.resolve("other"));
    assertThat(runInAnotherProcess(scenario, directory.resolve("there"))).isZero();

    for (String file : Set.of(ReportFiles.JSON_NAME, ReportFiles.CSV_NAME)) {
      String content = Files.readString(directory.resolve("here").resolve(file));
      assertThat(directory.resolve("there").resolve(file)).hasContent(content);
      assertThat(Files.readString(directory.resolve("other").resolve(file))).isNotEqualTo(content);
    }
  }

  private static int runInAnotherProcess(Path scenario, Path out) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Covey.class.getName(),
                "sim",
                "run",
                scenario.toString(),
                "--out",
                out.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("the simulation did not end within 5 minutes");
    }
    return process.exitValue();
  }

  @Test
  void roundsOutliveABrokerThatIsKilledAndForgetsWhatItHadAcknowledged() throws IOException {
    SimulationReport report =
        run(
            """
            rounds: 8
            plan: {reporting-period: 3m, aggregation: {step-period: 3m}}
            devices: {training-per-example: {median: 2ms, sigma: 0.5}}
            network:
              minimum-delay: 5ms
              maximum-delay: 80ms
              broker-crashes-during-rounds: [1, 2, 3, 4, 5, 6, 7]
            """,
            5);

    assertThat(report.faults()).containsEntry("brokerCrashes", 7L);
    assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(report.rounds())
        .as("no round is lost")
        .hasSize(8)
        .allSatisfy(round -> assertThat(round.reported()).isGreaterThanOrEqualTo(7));
  }

  @Test
  void aCoordinatorThatIsKilledInARoundFailsThatRoundByNameAndGoesOn() throws IOException {
    SimulationReport report = run("rounds: 3\ncoordinator: {restarts-during-rounds: [2]}", 3);

    assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(report.faults()).containsEntry("coordinatorRestarts", 1L);
    assertThat(report.rounds())
        .extracting(RoundRecord::state)
        .containsExactly(
            RoundRecord.State.COMMITTED,
            RoundRecord.State.FAILED,
            RoundRecord.State.COMMITTED,
            RoundRecord.State.COMMITTED);
    assertThat(report.rounds().get(1).failure()).contains(FailureReason.COORDINATOR_RESTARTED);
    assertThat(report.agentsServingNewest()).isEqualTo(10);
  }

  @Test
  void everyStepOfARoundCanLoseItsDevice() throws IOException {
    SimulationReport report =
        run(
            """
            agents: 30
            rounds: 6
            plan: {cohort-size: 24, minimum-reports: 3, reporting-period: 20s}
            devices:
              training-per-example: {median: 5ms}
              drops:
                before-training: 0.03
                before-advertising: 0.03
                before-sharing: 0.03
                during-training: 0.03
                before-reporting: 0.03
                mid-upload: 0.03
                before-confirming: 0.03
                before-unmasking: 0.03
                minimum-away: 1s
                maximum-away: 10s
            network: {minimum-delay: 20ms, maximum-delay: 60ms}
            """,
            5);

    assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
    for (CrashStep step : CrashStep.values()) {
      if (step != CrashStep.NONE) {
        assertThat(report.faults().get("crash" + step.title())).as(step.title()).isPositive();
      }
    }
    long crashes = report.faults().values().stream().mapToLong(Long::longValue).sum();
    long missing = report.rounds().stream().mapToLong(r -> (long) r.cohort() - r.reported()).sum();
    // Nobody else is missing. Who crashed may have been heard, or be back in time: the broker keeps
    // the invitation, and the device trains again.
    assertThat(missing).isBetween(1L, crashes);
    long dropped =
        report.rounds().stream()
            .flatMap(round -> round.dropped().values().stream())
            .mapToLong(Integer::longValue)
            .sum();
    assertThat(dropped).isEqualTo(missing);
  }

  @Test
  void aBrokerThatForgesIsBelievedInNothing() throws IOException {
    SimulationReport report = run("rounds: 3\nnetwork: {forgery: 0.4, reordering: true}", 4);

    assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(report.faults().get("forgedMessages")).isGreaterThan(200);
    assertThat(report.invariantChecks().get("whatIsBelievedWasSaidAndOnlyOnce")).isGreaterThan(200);
    assertThat(report.rounds()).hasSize(3).allSatisfy(r -> assertThat(r.reported()).isEqualTo(8));
    assertThat(report.agentsServingNewest()).isEqualTo(10);
  }

  @Test
  void aFleetThatCannotReportStopsByNameAndKeepsItsModel() throws IOException {
    SimulationReport report =
        run("rounds: 2\nplan: {reporting-period: 5s}\ndevices: {drops: {before-training: 1}}", 2);

    assertThat(report.outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(report.roundsCommitted()).isZero();
    assertThat(report.rounds())
        .isNotEmpty()
        .allSatisfy(
            r ->
                assertThat(r.failure())
                    .get()
                    .isIn(FailureReason.NOT_ENOUGH_REPORTS, FailureReason.NOT_ENOUGH_AGENTS));
    assertThat(report.accuracyAfter()).isEqualTo(report.accuracyBefore());
  }

  @Test
  void theExampleScenarioCommitsAllItsRounds() {
    SimulationReport report = run(Path.of("..", "examples", "scenario.yaml"));

    assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(report.scenario().agents()).isEqualTo(200);
    assertThat(report.roundsCommitted()).isEqualTo(12);
    assertThat(report.accuracyAfter()).isGreaterThan(0.8);
    assertThat(report.network().lost()).isPositive();
    assertThat(report.faults().values()).allSatisfy(count -> assertThat(count).isPositive());
    assertThat(report.invariantChecks()).hasSizeGreaterThanOrEqualTo(11);
  }

  private SimulationReport run(String yaml, long seed) throws IOException {
    Path file = Files.writeString(directory.resolve("scenario.yaml"), yaml);
    Sources sources = Sources.none().withFile(file).withFlag("--seed", "seed", Long.toString(seed));
    return run(SettingsLoader.load(Scenario.class, sources).value());
  }

  private static SimulationReport run(Path file) {
    return run(SettingsLoader.load(Scenario.class, Sources.none().withFile(file)).value());
  }

  private static SimulationReport run(Scenario scenario) {
    System.out.println("seed " + scenario.seed());
    return Simulation.run(scenario, round -> System.out.println(round));
  }
}
