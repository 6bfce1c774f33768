package io.covey.coordinator.training;

import io.covey.models.runtime.ParameterLayout;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * First weights for a model that comes without any.
 *
 * <p>Glorot and Bengio, AISTATS 2010, equation 16: variables of rank 2 and above are uniform in
 * +-sqrt(6 / (fan in + fan out)), with the last two dimensions as fans and the ones before as
 * receptive field; vectors and scalars are zero.
 */
final class WeightInitializer {
  private WeightInitializer() {}

  static float[] initialise(ParameterLayout layout, RandomGenerator random) {
    float[] weights = new float[layout.size()];
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      List<Integer> shape = parameter.shape();
      if (shape.size() >= 2) {
        float bound = bound(shape);
        for (int i = 0; i < parameter.length(); i++) {
          weights[parameter.offset() + i] = (2 * random.nextFloat() - 1) * bound;
        }
      }
    }
    return weights;
  }

  private static float bound(List<Integer> shape) {
    long receptiveField = 1;
    for (int i = 0; i < shape.size() - 2; i++) {
      receptiveField *= shape.get(i);
    }
    double fans =
        (double) receptiveField * (shape.get(shape.size() - 1) + shape.get(shape.size() - 2));
    return (float) Math.sqrt(6 / fans);
  }
}
