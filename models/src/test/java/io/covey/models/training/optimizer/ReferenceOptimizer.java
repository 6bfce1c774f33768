package io.covey.models.training.optimizer;

import io.covey.models.runtime.Hyperparameters;
import java.util.Arrays;

/**
 * The steps of local optimizers in float64, on one vector of parameters, as the papers say them.
 */
final class ReferenceOptimizer {

  private final LocalOptimizer optimizer;
  private final Hyperparameters sizes;
  private final double[] anchor;
  private final double[] first;
  private final double[] second;
  private int steps;

  ReferenceOptimizer(LocalOptimizer optimizer, Hyperparameters sizes, double[] parameters) {
    this.optimizer = optimizer;
    this.sizes = sizes;
    this.anchor = parameters.clone();
    this.first = new double[parameters.length];
    this.second = new double[parameters.length];
  }

  void step(double[] parameters, double[] gradients) {
    steps++;
    double norm = Math.sqrt(Arrays.stream(gradients).map(g -> g * g).sum());
    double factor = norm > sizes.clipNorm() ? sizes.clipNorm() / norm : 1;
    boolean isAdam = optimizer instanceof LocalOptimizer.Adam;
    for (int i = 0; i < parameters.length; i++) {
      double w = parameters[i];
      double g = gradients[i] * factor + sizes.proximal() * (w - anchor[i]);
      g += isAdam ? 0 : sizes.weightDecay() * w;
      double decay = isAdam ? sizes.learningRate() * sizes.weightDecay() * w : 0;
      parameters[i] = w - sizes.learningRate() * direction(i, g) - decay;
    }
  }

  private double direction(int i, double g) {
    if (optimizer instanceof LocalOptimizer.Momentum momentum) {
      first[i] = momentum.momentum() * first[i] + g;
      return momentum.isNesterov() ? momentum.momentum() * first[i] + g : first[i];
    }
    if (optimizer instanceof LocalOptimizer.Adam adam) {
      double beta1 = adam.beta1();
      double beta2 = adam.beta2();
      first[i] = beta1 * first[i] + (1 - beta1) * g;
      second[i] = beta2 * second[i] + (1 - beta2) * g * g;
      // Algorithm 1's more efficient order of computation, in section 2 of the paper.
      double correction = Math.sqrt(1 - Math.pow(beta2, steps)) / (1 - Math.pow(beta1, steps));
      return correction * first[i] / (Math.sqrt(second[i]) + adam.epsilon());
    }
    return g;
  }
}
