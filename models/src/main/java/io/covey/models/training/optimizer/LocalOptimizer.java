package io.covey.models.training.optimizer;

/** How a device turns gradients into steps. Its state begins anew with each {@code restore}. */
public sealed interface LocalOptimizer {

  /** {@code w -= rate * g}. */
  record Sgd() implements LocalOptimizer {}

  /**
   * {@code m = momentum * m + g; w -= rate * m}, or with Nesterov's look ahead {@code w -= rate *
   * (momentum * m + g)} (Sutskever et al., "On the importance of initialization and momentum in
   * deep learning", in the form that TensorFlow and PyTorch have).
   */
  record Momentum(float momentum, boolean isNesterov) implements LocalOptimizer {

    /** Checks the range. */
    public Momentum {
      requireShare("momentum", momentum);
    }
  }

  /**
   * Kingma and Ba, "Adam: A Method for Stochastic Optimization", algorithm 1; weight decay is
   * decoupled (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", algorithm 2).
   */
  record Adam(float beta1, float beta2, float epsilon) implements LocalOptimizer {

    /** The paper's settings. */
    public static final Adam DEFAULT = new Adam(0.9f, 0.999f, 1e-8f);

    /** Checks the ranges. */
    public Adam {
      requireShare("beta1", beta1);
      requireShare("beta2", beta2);
      if (!(epsilon > 0 && epsilon < 1)) {
        throw new IllegalArgumentException("epsilon " + epsilon + " is not in 0..1");
      }
    }
  }

  private static void requireShare(String name, float value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " " + value + " is not in 0..1, without 1");
    }
  }
}
