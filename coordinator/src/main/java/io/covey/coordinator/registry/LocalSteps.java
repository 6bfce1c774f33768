package io.covey.coordinator.registry;

import io.covey.models.training.optimizer.LocalOptimizer;
import io.covey.models.training.optimizer.OptimizerStep;

/**
 * How devices step when they train a plain model.
 *
 * @param optimizer how gradients become steps
 * @param momentum of {@link Optimizer#MOMENTUM} and {@link Optimizer#NESTEROV}, 0 to 1
 * @param weightDecay whether a training may ask for weight decay
 * @param gradientClipping whether a training may ask for clipped gradients
 * @param proximal whether a training may ask for FedProx; devices keep the base version's weights
 *     beside their own for it
 */
public record LocalSteps(
    Optimizer optimizer,
    float momentum,
    boolean weightDecay,
    boolean gradientClipping,
    boolean proximal) {

  /** See {@link LocalOptimizer}. */
  public enum Optimizer {
    SGD,
    MOMENTUM,
    NESTEROV,
    ADAM
  }

  /** Gradient descent that a training may make FedProx. */
  public static final LocalSteps DEFAULT = new LocalSteps(Optimizer.SGD, 0.9f, false, false, true);

  /** Checks the range. */
  public LocalSteps {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum is " + momentum + ", expected 0 to below 1");
    }
  }

  /** As the trainable graph has it. */
  LocalOptimizer localOptimizer() {
    return switch (optimizer) {
      case SGD -> new LocalOptimizer.Sgd();
      case MOMENTUM -> new LocalOptimizer.Momentum(momentum, false);
      case NESTEROV -> new LocalOptimizer.Momentum(momentum, true);
      case ADAM -> LocalOptimizer.Adam.DEFAULT;
    };
  }

  /** The further inputs of the graph's step. */
  OptimizerStep.Terms terms() {
    return new OptimizerStep.Terms(weightDecay, gradientClipping, proximal);
  }
}
