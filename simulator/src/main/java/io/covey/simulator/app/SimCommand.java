package io.covey.simulator.app;

import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.launch.ExitCode;
import io.covey.protocols.launch.LogLevel;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import io.covey.simulator.fleet.InvariantViolation;
import io.covey.simulator.fleet.Simulation;
import io.covey.simulator.report.AccuracyPlot;
import io.covey.simulator.report.Glyphs;
import io.covey.simulator.report.Quantities;
import io.covey.simulator.report.ReportFiles;
import io.covey.simulator.report.SimulationReport;
import io.covey.simulator.scenario.Scenario;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code covey sim}: whole fleets under virtual time. */
@Command(
    name = "sim",
    description = "Simulate a fleet: the real coordinator and agents, under virtual time.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  covey sim check examples/scenario.yaml",
      "  covey sim run examples/scenario.yaml --out results",
      "  covey sim run examples/scenario.yaml --out results --seed 42 --json"
    })
public final class SimCommand implements CoveyCommand {
  @Spec private @Nullable CommandSpec spec;

  /** That agents lose their broker is what a simulation is about. */
  @Override
  public LogLevel usualLogLevel() {
    return LogLevel.ERROR;
  }

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets the specification");
    }
    throw new ParameterException(
        new CommandLine(this), "say what to do: covey sim run or covey sim check");
  }

  /** Checks a scenario. */
  @Command(
      name = "check",
      description = "Check a scenario, report everything that is wrong with it, and run nothing.")
  int check(@Parameters(paramLabel = "SCENARIO", description = "A YAML file.") Path file) {
    Scenario scenario = load(file, null);
    System.out.printf(
        Locale.ROOT,
        "%s is sound: %d agents, %d rounds, seed %d%n",
        file,
        scenario.agents(),
        scenario.rounds(),
        scenario.seed());
    return ExitCode.DONE.code();
  }

  /** Runs a scenario. */
  @Command(name = "run", description = "Run a scenario and write report.json and rounds.csv.")
  int run(
      @Parameters(paramLabel = "SCENARIO", description = "A YAML file.") Path file,
      @Option(
              names = "--out",
              required = true,
              paramLabel = "DIR",
              description = "Where the results go; made when it is not there.")
          Path directory,
      @Option(names = "--seed", paramLabel = "N", description = "Instead of the scenario's seed.")
          @Nullable Long seed,
      @Option(
              names = "--json",
              description = "Print the report as JSON, the only line on standard output.")
          boolean json) {
    Scenario scenario = load(file, seed);
    PrintStream people = json ? System.err : System.out;
    SimulationReport report = simulate(scenario);
    try {
      ReportFiles.write(report, directory);
    } catch (IOException e) {
      throw CommandFailedException.failed(
              "the results cannot be written: " + e, "choose another directory with --out")
          .causedBy(e);
    }
    show(report, directory, people);
    if (json) {
      System.out.println(ReportFiles.toJson(report));
    }
    return exitCode(report).code();
  }

  private static Scenario load(Path file, @Nullable Long seed) {
    Sources sources = Sources.none().withFile(file);
    return SettingsLoader.load(
            Scenario.class,
            seed == null ? sources : sources.withFlag("--seed", "seed", seed.toString()))
        .value();
  }

  private static SimulationReport simulate(Scenario scenario) {
    try (RoundProgress progress = RoundProgress.of(scenario)) {
      return Simulation.run(scenario, progress);
    } catch (InvariantViolation e) {
      throw CommandFailedException.failed(
              "an invariant does not hold: " + e.getMessage(),
              "the same seed replays it: --seed " + scenario.seed())
          .causedBy(e);
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(String.valueOf(e.getMessage()), "change the scenario");
    }
  }

  private static void show(SimulationReport report, Path directory, PrintStream out) {
    out.println("Accuracy on held-out digits, by committed round");
    AccuracyPlot.draw(report.accuracies(), Glyphs.of(System.getenv())).forEach(out::println);
    out.printf(
        Locale.ROOT,
        "%s: %d of %d rounds committed and %d failed in %s of virtual time, accuracy %s -> %s%n",
        report.outcome(),
        report.roundsCommitted(),
        report.scenario().rounds(),
        report.rounds().size() - report.roundsCommitted(),
        Quantities.duration(report.virtualTime()),
        Quantities.percent(report.accuracyBefore()),
        Quantities.percent(report.accuracyAfter()));
    out.printf(
        Locale.ROOT,
        "%d messages, %d lost on the way, %d duplicated; faults %s%n",
        report.network().published(),
        report.network().lost(),
        report.network().duplicated(),
        report.faults());
    out.printf(
        Locale.ROOT,
        "%d invariants held in %d checks; results in %s%n",
        report.invariantChecks().size(),
        report.invariantChecks().values().stream().mapToLong(Long::longValue).sum(),
        directory);
  }

  private static ExitCode exitCode(SimulationReport report) {
    return report.outcome() == SimulationReport.Outcome.COMPLETED ? ExitCode.DONE : ExitCode.FAILED;
  }
}
