package io.covey.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.covey.coordinator.round.ServerOptimization.Algorithm;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServerOptimizerTest {

  @Test
  void fedAvgAddsTheMeanUpdate() {
    assertThat(afterOne(ServerOptimization.fedAvg(), 1f, 0.5f)).isEqualTo(1.5f);
  }

  @Test
  void fedAvgMKeepsItsVelocity() {
    ServerOptimizer optimizer = ServerOptimizer.of(ServerOptimization.of(Algorithm.FED_AVG_M));
    float[] weights = {0};
    float[] state = new float[optimizer.stateSize(1)];
    optimizer.apply(weights, new float[] {1}, state);
    optimizer.apply(weights, new float[] {1}, state);
    // v = 1, then 0.9 + 1; x = 1 + 1.9.
    assertThat(weights[0]).isCloseTo(2.9f, within(1e-6f));
  }

  @Test
  void fedAdamTakesTheStepOfThePaper() {
    // m = 0.1 * 0.5; v = 0.99 * 1e-6 + 0.01 * 0.25; x = 1 + 0.01 * m / (sqrt(v) + 1e-3).
    double expected = 1 + 0.01 * 0.05 / (Math.sqrt(0.99e-6 + 0.0025) + 1e-3);
    assertThat(afterOne(ServerOptimization.of(Algorithm.FED_ADAM), 1f, 0.5f))
        .isCloseTo((float) expected, within(1e-6f));
  }

  @Test
  void fedYogiTakesTheStepOfThePaper() {
    // v = 1e-6 - 0.01 * 0.25 * sign(1e-6 - 0.25) = 1e-6 + 0.0025.
    double expected = 1 + 0.01 * 0.05 / (Math.sqrt(1e-6 + 0.0025) + 1e-3);
    assertThat(afterOne(ServerOptimization.of(Algorithm.FED_YOGI), 1f, 0.5f))
        .isCloseTo((float) expected, within(1e-6f));
  }

  @Test
  void yogisSecondMomentShrinksNoFasterThanTheSquare() {
    assertThat(SecondMoment.YOGI.next(1f, 0.01f, 0.99f)).isCloseTo(0.9999f, within(1e-6f));
    assertThat(SecondMoment.ADAM.next(1f, 0.01f, 0.99f)).isCloseTo(0.9901f, within(1e-6f));
  }

  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void everyOptimizerFindsTheMinimumOfAQuadratic(Algorithm algorithm) {
    ServerOptimizer optimizer = ServerOptimizer.of(ServerOptimization.of(algorithm));
    int d = 16;
    SplittableRandom random = new SplittableRandom(3);
    float[] target = new float[d];
    for (int i = 0; i < d; i++) {
      target[i] = (float) random.nextDouble(-1, 1);
    }
    float[] weights = new float[d];
    float[] state = new float[optimizer.stateSize(d)];
    for (int round = 0; round < 600; round++) {
      float[] update = new float[d];
      for (int i = 0; i < d; i++) {
        update[i] = 0.1f * (target[i] - weights[i]);
      }
      optimizer.apply(weights, update, state);
    }
    assertThat(weights).usingComparatorWithPrecision(0.05f).containsExactly(target);
  }

  private static float afterOne(ServerOptimization optimization, float weight, float update) {
    ServerOptimizer optimizer = ServerOptimizer.of(optimization);
    float[] weights = {weight};
    optimizer.apply(weights, new float[] {update}, new float[optimizer.stateSize(1)]);
    return weights[0];
  }
}
