package io.covey.coordinator.app;

import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.PrivacyBudget;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.ExitCode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code covey privacy plan}: the least noise that keeps a training within a budget. */
@Command(
    name = "plan",
    description = "Find the least noise that keeps a training within a privacy budget.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  covey privacy plan --population 100000 --cohort 200 --rounds 1000 --epsilon 8"
          + " --delta 1e-6",
      "  covey privacy plan --population 500 --cohort 100 --rounds 20 --epsilon 10 --delta 1e-4"
          + " --against coordinator --json"
    })
final class PrivacyPlanCommand implements Callable<Integer> {
  /** Against whom the budget is to hold, as it is written on the command line. */
  enum Against {
    COORDINATOR(Observer.COORDINATOR),
    CONSUMERS(Observer.MODEL_CONSUMER);

    private final Observer observer;

    Against(Observer observer) {
      this.observer = observer;
    }
  }

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--population",
      required = true,
      paramLabel = "N",
      description = "Agents that cohorts are drawn from.")
  private long population;

  @Option(
      names = "--cohort",
      required = true,
      paramLabel = "N",
      description = "Agents that a round invites.")
  private int cohort;

  @Option(names = "--rounds", required = true, paramLabel = "N", description = "Rounds in all.")
  private long rounds;

  @Option(names = "--epsilon", required = true, paramLabel = "E", description = "The budget.")
  private double epsilon;

  @Option(
      names = "--delta",
      required = true,
      paramLabel = "D",
      description = "Well below one over the population.")
  private double delta;

  @Option(
      names = "--minimum-survivors",
      paramLabel = "N",
      description = "No sum of fewer is opened (default: just over two thirds of the cohort).")
  private @Nullable Integer minimumSurvivors;

  @Option(
      names = "--assumed-corrupt",
      paramLabel = "N",
      description = "Survivors that may add no noise (default: a tenth of the survivors).")
  private @Nullable Integer assumedCorrupt;

  @Option(
      names = "--against",
      paramLabel = "WHOM",
      defaultValue = "consumers",
      description =
          "Against whom the budget holds: consumers of the models, or the coordinator (default"
              + " consumers).")
  private Against against = Against.CONSUMERS;

  @Option(
      names = "--parameters",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Parameters of the model (default 100000).")
  private int parameters;

  @Option(names = "--rotate", description = "Rotate updates, so that entries need less room.")
  private boolean rotate;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets the specification");
    }
    NoisePlan plan = plan();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(plan.toJson());
    } else {
      plan.lines().forEach(out::println);
    }
    out.flush();
    return ExitCode.DONE.code();
  }

  private NoisePlan plan() {
    requireRange("--population", population, 1, Long.MAX_VALUE);
    requireRange("--cohort", cohort, 1, Math.min(population, PlanRequest.MAXIMUM_COHORT));
    requireRange("--rounds", rounds, 1, 1_000_000_000);
    requireRange("--parameters", parameters, 1, PlanRequest.MAXIMUM_PARAMETERS);
    int survivors = minimumSurvivors == null ? cohort * 2 / 3 + 1 : minimumSurvivors;
    survivors = minimumSurvivors == null ? Math.min(cohort, survivors) : survivors;
    requireRange("--minimum-survivors", survivors, 1, cohort);
    int corrupt = assumedCorrupt == null ? survivors / 10 : assumedCorrupt;
    requireRange("--assumed-corrupt", corrupt, 0, survivors - 1L);
    PlanRequest request =
        new PlanRequest(
            new PlanRequest.Sampling(population, cohort, rounds),
            new PlanRequest.Survival(survivors, corrupt),
            budget(),
            against.observer,
            new PlanRequest.Model(parameters, rotate));
    return NoisePlan.of(request);
  }

  private PrivacyBudget budget() {
    // Written so that NaN is refused.
    if (!(epsilon > 0 && epsilon <= 1000)) {
      throw CommandFailedException.usage(
          "--epsilon is " + epsilon, "it must be above 0 and at most 1000");
    }
    if (!(delta > 0 && delta <= 0.1)) {
      throw CommandFailedException.usage(
          "--delta is " + delta,
          "it must be above 0 and at most 0.1, and should be well below one over the population");
    }
    return new PrivacyBudget(epsilon, delta);
  }

  private static void requireRange(String option, long value, long minimum, long maximum) {
    if (value < minimum || value > maximum) {
      throw CommandFailedException.usage(
          option + " is " + value, "it must be " + minimum + " to " + maximum);
    }
  }
}
