package io.covey.simulator.demo;

import io.covey.coordinator.round.TrainingPlan;
import io.covey.protocols.settings.HostPort;
import io.covey.simulator.data.DataSplit;
import java.util.Optional;

/**
 * What the demo shall do.
 *
 * @param agents {@value #MINIMUM_COHORT} to {@value #MAXIMUM_AGENTS}
 * @param rounds that shall commit, 1 to {@value #MAXIMUM_ROUNDS}
 * @param cohort agents invited to a round, {@value #MINIMUM_COHORT} to {@code agents}
 * @param seed of everything that is random in the data and in the coordinator
 * @param broker an MQTT 5 broker that runs already; empty for one of the demo's own
 * @param privacy the budget of all rounds; empty for rounds without noise
 */
public record DemoOptions(
    int agents,
    int rounds,
    int cohort,
    long seed,
    Optional<HostPort> broker,
    Optional<DemoPrivacy> privacy) {
  /** Each has an own connection, interpreter and HTTP server. */
  public static final int MAXIMUM_AGENTS = 100;

  /** An agent does not report to a sum of which it is the only part. */
  public static final int MINIMUM_COHORT = TrainingPlan.MINIMUM_COHORT;

  /** More would take hours. */
  public static final int MAXIMUM_ROUNDS = 1000;

  /** Held out of the digits for the coordinator's own evaluation. */
  static final double HELD_OUT = 0.2;

  /** Of the Dirichlet split. */
  static final double ALPHA = 0.5;

  public DemoOptions {
    check("--agents", agents, MINIMUM_COHORT, MAXIMUM_AGENTS);
    check("--rounds", rounds, 1, MAXIMUM_ROUNDS);
    check("--cohort", cohort, MINIMUM_COHORT, agents);
    // Refused here when no noise keeps the budget.
    privacy.ifPresent(p -> p.noiseMultiplier(rounds));
  }

  /** A demo without noise. */
  public DemoOptions(int agents, int rounds, int cohort, long seed, Optional<HostPort> broker) {
    this(agents, rounds, cohort, seed, broker, Optional.empty());
  }

  /** How the model is trained. */
  TrainingPlan plan() {
    return privacy
        .map(p -> DemoModel.privatePlan(cohort, p.noiseMultiplier(rounds)))
        .orElseGet(() -> DemoModel.plan(cohort));
  }

  DataSplit split() {
    return new DataSplit.Dirichlet(ALPHA);
  }

  private static void check(String what, int value, int minimum, int maximum) {
    if (value < minimum || value > maximum) {
      throw new IllegalArgumentException(
          what + " is " + value + ", expected " + minimum + " to " + maximum);
    }
  }
}
