package io.covey.models.training.reference;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far a derived model is from a reference.
 *
 * @param outputError the largest difference of outputs, over the largest output
 * @param lossError the difference of losses
 * @param gradientErrors for each variable, the largest difference of gradients over the largest
 *     gradient
 * @param sgdLossErrorMax the largest difference of losses during gradient descent
 */
public record ReferenceReport(
    double outputError,
    double lossError,
    Map<String, Double> gradientErrors,
    double sgdLossErrorMax) {

  /** Gradients that differ by more do not pass. */
  public static final double GRADIENT_TOLERANCE = 1e-4;

  /** Losses that differ by more do not pass. */
  public static final double LOSS_TOLERANCE = 1e-3;

  /** Copies. */
  public ReferenceReport {
    gradientErrors = new LinkedHashMap<>(gradientErrors);
  }

  /** The largest of the gradients' errors. */
  public double gradientErrorMax() {
    double largest = 0;
    for (double error : gradientErrors.values()) {
      // A NaN is not larger than anything, and must not pass.
      largest = error <= largest ? largest : error;
    }
    return largest;
  }

  /** Whether gradients and losses are within the tolerances. */
  public boolean pass() {
    return gradientErrorMax() <= GRADIENT_TOLERANCE
        && lossError <= LOSS_TOLERANCE
        && sgdLossErrorMax <= LOSS_TOLERANCE;
  }
}
