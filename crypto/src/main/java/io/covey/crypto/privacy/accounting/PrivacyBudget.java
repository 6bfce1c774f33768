package io.covey.crypto.privacy.accounting;

/**
 * What a model may cost in privacy over all its rounds.
 *
 * @param epsilon positive
 * @param delta above 0 and below 1; well below one over the number of participants
 */
public record PrivacyBudget(double epsilon, double delta) {
  public PrivacyBudget {
    // Written so that NaN is refused.
    if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon is " + epsilon + ", expected a positive number");
    }
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException("delta is " + delta + ", expected above 0 and below 1");
    }
  }
}
