package io.covey.crypto.privacy;

import java.util.OptionalDouble;

/** What a cohort's updates come to together. With privacy terms every number holds noise. */
public final class AggregateUpdate {
  private final float[] meanDelta;
  private final long weight;
  private final double meanLoss;
  private final double accuracy;
  private final OptionalDouble withinClip;

  AggregateUpdate(
      float[] meanDelta, long weight, double meanLoss, double accuracy, OptionalDouble withinClip) {
    this.meanDelta = meanDelta;
    this.weight = weight;
    this.meanLoss = meanLoss;
    this.accuracy = accuracy;
    this.withinClip = withinClip;
  }

  /** The weighted mean of the deltas; the array itself, which nobody else holds. */
  public float[] meanDelta() {
    return meanDelta;
  }

  /** The sum of the participants' weights, at least 1; with privacy terms their number. */
  public long weight() {
    return weight;
  }

  /** Mean loss of an example, weighted like the deltas. */
  public double meanLoss() {
    return meanLoss;
  }

  /** Share of examples that the base version got right, weighted like the deltas: 0 to 1. */
  public double accuracy() {
    return accuracy;
  }

  /**
   * Share of participants whose delta was within the clip norm, 0 to 1, for {@link
   * AdaptiveClipping}; known with privacy terms only.
   */
  public OptionalDouble withinClip() {
    return withinClip;
  }

  @Override
  public String toString() {
    return "AggregateUpdate[parameters=%d, weight=%d, meanLoss=%s, accuracy=%s]"
        .formatted(meanDelta.length, weight, meanLoss, accuracy);
  }
}
