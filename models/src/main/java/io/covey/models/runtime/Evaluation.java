package io.covey.models.runtime;

/**
 * What a model's {@code evaluate} says of one batch. Sums, so that batches add up.
 *
 * @param lossSum the sum of the examples' losses
 * @param correct how many examples were labelled as given
 * @param count how many examples there were, padding left out
 */
public record Evaluation(double lossSum, long correct, long count) {

  /** Of no examples. */
  public static final Evaluation NOTHING = new Evaluation(0, 0, 0);

  /** This and another batch together. */
  public Evaluation plus(Evaluation other) {
    return new Evaluation(lossSum + other.lossSum, correct + other.correct, count + other.count);
  }

  /** The mean loss of an example; NaN of none. */
  public double meanLoss() {
    return lossSum / count;
  }

  /** The share of examples labelled as given, 0..1; NaN of none. */
  public double accuracy() {
    return (double) correct / count;
  }
}
