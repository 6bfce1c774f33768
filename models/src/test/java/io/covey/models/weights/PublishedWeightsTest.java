package io.covey.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PublishedWeightsTest {
  private static final TensorLengths LENGTHS = TensorLengths.of(List.of(500, 100));

  @Test
  void roundingDoesNotAddUpOverAThousandVersions() {
    for (WeightForm form : List.of(WeightForm.FLOAT16, WeightForm.INT8)) {
      SplittableRandom random = new SplittableRandom(5);
      float[] masters = WeightsFileTest.weights(random, LENGTHS, 0.1);
      PublishedWeights published = PublishedWeights.of(masters, LENGTHS, form, Optional.empty());
      for (int version = 0; version < 1000; version++) {
        // Steps far below that of the grid, all in one direction: lost if each were rounded away.
        for (int i = 0; i < masters.length; i++) {
          masters[i] += 2e-5f;
        }
        published = PublishedWeights.of(masters, LENGTHS, form, Optional.of(published));
      }
      float[] values = published.values();
      for (int i = 0; i < masters.length; i++) {
        assertThat(values[i]).as(form + " " + i).isCloseTo(masters[i], within(0.002f));
      }
    }
  }

  @Test
  void everyPublishedValueIsWithinHalfAStepOfItsMaster() {
    SplittableRandom random = new SplittableRandom(6);
    float[] masters = WeightsFileTest.weights(random, LENGTHS, 1);
    float largest = 0;
    for (int i = 0; i < LENGTHS.length(0); i++) {
      largest = Math.max(largest, Math.abs(masters[i]));
    }
    float[] values =
        PublishedWeights.of(masters, LENGTHS, WeightForm.INT8, Optional.empty()).values();
    for (int i = 0; i < LENGTHS.length(0); i++) {
      assertThat(values[i]).isCloseTo(masters[i], within(largest / 127 * 0.5001f));
    }
  }

  @Test
  void aScaleIsKeptUntilATensorOutgrowsItOrShrinksToHalf() {
    float[] masters = new float[600];
    masters[0] = 1;
    PublishedWeights first = int8(masters, Optional.empty());
    masters[0] = 0.9f;
    assertThat(int8(masters, Optional.of(first)).scales()[0]).isEqualTo(first.scales()[0]);
    masters[0] = 1.1f;
    assertThat(int8(masters, Optional.of(first)).scales()[0]).isEqualTo(1.1f / 127);
    masters[0] = 0.4f;
    assertThat(int8(masters, Optional.of(first)).scales()[0]).isEqualTo(0.4f / 127);
  }

  private static PublishedWeights int8(float[] masters, Optional<PublishedWeights> before) {
    return PublishedWeights.of(masters, LENGTHS, WeightForm.INT8, before);
  }

  @Test
  void halvesAreNearestWithTiesToEvenAndBackAgain() {
    for (int half = 0; half < 0x7c00; half++) {
      float value = HalfFloat.toFloat(half);
      assertThat(HalfFloat.fromFloat(value)).isEqualTo(half);
      assertThat(HalfFloat.fromFloat(-value)).isEqualTo(half | 0x8000);
      if (half + 1 < 0x7c00) {
        float next = HalfFloat.toFloat(half + 1);
        float middle = (value + next) / 2;
        assertThat(HalfFloat.fromFloat(middle)).isEqualTo(half + (half & 1));
        assertThat(HalfFloat.fromFloat(Math.nextDown(middle))).isEqualTo(half);
        assertThat(HalfFloat.fromFloat(Math.nextUp(middle))).isEqualTo(half + 1);
      }
    }
    assertThat(HalfFloat.toFloat(HalfFloat.fromFloat(1e9f))).isEqualTo(65504f);
    assertThat(HalfFloat.toFloat(0x3c00)).isEqualTo(1f);
    assertThat(HalfFloat.toFloat(0x3555)).isCloseTo(1 / 3f, within(1e-4f));
  }
}
