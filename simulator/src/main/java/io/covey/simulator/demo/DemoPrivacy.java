package io.covey.simulator.demo;

import io.covey.crypto.privacy.accounting.NoisePlanner;
import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.PrivacyBudget;
import java.util.Locale;
import java.util.Optional;

/**
 * The budget of a demo with user-level differential privacy, for all its rounds together and
 * against the coordinator: that cohorts are drawn at random counts for nothing.
 */
public record DemoPrivacy(PrivacyBudget budget) {
  /** Below one over the agents of a demo. */
  public static final double USUAL_DELTA = 1e-4;

  /**
   * With fewer agents the mean of their updates holds more noise; with more each has fewer digits,
   * and secure aggregation takes longer. Measured, see {@link DemoModel#privatePlan}.
   */
  public static final int USUAL_AGENTS = 100;

  /** More rounds need more noise in each, fewer leave less time to learn. */
  public static final int USUAL_ROUNDS = 15;

  /** Multipliers are asked for in ten-thousandths. */
  private static final double UNIT = 1e-4;

  /** Rounding an update lengthens what noise is measured by, by at most 2 %; metrics by 2.4 %. */
  private static final double OVERHEAD = 1.045;

  /** How long the mean of clipped updates is over the clip norm, roughly; only for a warning. */
  private static final double AGREEMENT = 0.35;

  /** From here on a model is hardly better than a guess or two. */
  private static final double DROWNING = 3;

  /**
   * The least noise multiplier that keeps so many rounds within the budget.
   *
   * @throws IllegalArgumentException if there is none
   */
  double noiseMultiplier(int rounds) {
    double exact =
        new NoisePlanner(Observer.COORDINATOR, 1, rounds)
            .smallestMultiplier(budget)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "no noise keeps %d rounds within --epsilon %s"
                            .formatted(rounds, budget.epsilon())));
    return Math.ceil(exact / UNIT) * UNIT;
  }

  /**
   * What to tell who asked for more than can be learned: noise adds up with the root of the rounds,
   * and what agents agree upon with their number.
   *
   * @param parameters of the model
   * @param certain how many agents' noise is counted
   */
  Optional<String> warning(DemoOptions options, int parameters, int certain) {
    double ofRound =
        noiseMultiplier(options.rounds())
            * OVERHEAD
            * Math.sqrt(parameters)
            / Math.sqrt((double) options.cohort() * certain);
    double ratio = ofRound / (AGREEMENT * Math.sqrt(options.rounds()));
    return ratio < DROWNING
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "the noise of all rounds is about %.0f times as long as what %d agents agree upon,"
                    + " and will drown it; take more agents (%d or more), or a larger --epsilon",
                ratio,
                options.cohort(),
                USUAL_AGENTS));
  }
}
