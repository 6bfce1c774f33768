package io.covey.coordinator.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.covey.models.runtime.ParameterLayout;
import io.covey.models.runtime.ParameterLayout.Parameter;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WeightInitializerTest {

  @Test
  void matricesAreUniformInTheirFansAndVectorsAreZero() {
    ParameterLayout layout =
        new ParameterLayout(
            List.of(
                new Parameter("w00", List.of(300, 200), 0, 60_000),
                new Parameter("w01", List.of(200), 60_000, 200)),
            60_200);
    float[] weights = WeightInitializer.initialise(layout, new SplittableRandom(5));
    double bound = Math.sqrt(6.0 / 500);
    double squares = 0;
    for (int i = 0; i < 60_000; i++) {
      assertThat((double) weights[i]).isBetween(-bound, bound);
      squares += weights[i] * weights[i];
    }
    // Variance of a uniform variable: bound^2 / 3 = 2 / (fan in + fan out).
    assertThat(squares / 60_000).isCloseTo(2.0 / 500, within(1e-4));
    for (int i = 60_000; i < 60_200; i++) {
      assertThat(weights[i]).isZero();
    }
  }

  @Test
  void filesOfWeightsAreCheckedForSizeAndFiniteness() {
    byte[] file = Weights.format(new float[] {1, Float.NaN});
    assertThatThrownBy(() -> Weights.parse(file, 3)).hasMessageContaining("8 bytes, expected 12");
    assertThatThrownBy(() -> Weights.parse(file, 2)).hasMessageContaining("parameter 1");
    assertThat(Weights.parse(Weights.format(new float[] {1, 2}), 2)).containsExactly(1f, 2f);
  }
}
