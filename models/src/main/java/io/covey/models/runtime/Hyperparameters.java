package io.covey.models.runtime;

/**
 * The sizes of a training step, as {@code train} takes them; what a model does not take has to be
 * off.
 *
 * @param learningRate positive and finite
 * @param weightDecay pulls every parameter to 0; 0 switches it off
 * @param clipNorm L2 norm that the gradient of a step is scaled down to; {@link #NO_CLIPPING}
 *     switches it off
 * @param proximal FedProx (Li et al., MLSys 2020): pulls every parameter to what was restored last;
 *     0 switches it off
 */
public record Hyperparameters(
    float learningRate, float weightDecay, float clipNorm, float proximal) {

  /** No gradient is longer, and its square still is a float32. */
  public static final float NO_CLIPPING = 0x1p60f;

  /** Checks the ranges. */
  public Hyperparameters {
    if (!(learningRate > 0 && learningRate < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "learning rate " + learningRate + " is not positive and finite");
    }
    if (!(weightDecay >= 0 && weightDecay < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("weight decay " + weightDecay + " is negative or endless");
    }
    if (!(clipNorm > 0 && clipNorm <= NO_CLIPPING)) {
      throw new IllegalArgumentException(
          "norm to clip to is " + clipNorm + ", expected above 0 and up to " + NO_CLIPPING);
    }
    if (!(proximal >= 0 && proximal < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("proximal term " + proximal + " is negative or endless");
    }
  }

  /** A plain step. */
  public static Hyperparameters of(float learningRate) {
    return new Hyperparameters(learningRate, 0, NO_CLIPPING, 0);
  }
}
