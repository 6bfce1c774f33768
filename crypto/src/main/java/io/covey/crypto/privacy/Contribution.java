package io.covey.crypto.privacy;

/**
 * What a participant reports beside its delta, before any of it is bounded.
 *
 * @param examples it trained on, at least 1
 * @param lossSum of the base version over the examples, not negative
 * @param correct how many examples the base version got right, 0 to {@code examples}
 */
public record Contribution(int examples, double lossSum, int correct) {
  public Contribution {
    if (examples < 1) {
      throw new IllegalArgumentException(examples + " examples, expected at least 1");
    }
    if (!Double.isFinite(lossSum)) {
      throw new NonFiniteValueException("loss sum is " + lossSum + ", expected a finite number");
    }
    if (lossSum < 0) {
      throw new IllegalArgumentException("loss sum is " + lossSum + ", expected at least 0");
    }
    if (correct < 0 || correct > examples) {
      throw new IllegalArgumentException(
          correct + " correct of " + examples + " examples, expected 0 to " + examples);
    }
  }
}
