package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class L2ClippingTest {
  private static final long SEED = 2_718_281;

  private final Random random = new Random(SEED);

  /** Plain and exact. */
  private static BigDecimal sumOfSquares(float[] vector) {
    BigDecimal sum = BigDecimal.ZERO;
    for (float entry : vector) {
      sum = sum.add(new BigDecimal(entry).pow(2));
    }
    return sum;
  }

  private float[] randomVector(int length, double size) {
    float[] vector = new float[length];
    for (int i = 0; i < length; i++) {
      vector[i] = (float) (random.nextGaussian() * size);
    }
    return vector;
  }

  @ParameterizedTest(name = "{0} entries, bound {1}, seed " + SEED)
  @CsvSource({"1, 1", "2, 0.001", "3, 4", "4, 1", "5, 1e-6", "1000, 1", "20000, 1e6"})
  void clippedNormsNeverExceedTheBoundExactly(int length, float bound) {
    for (double size : new double[] {1e-3, 1, 1.0001, 1e9, 1e30}) {
      float[] vector = randomVector(length, bound * size / Math.sqrt(length));
      boolean mustShrink = sumOfSquares(vector).compareTo(new BigDecimal(bound).pow(2)) > 0;
      float[] clipped = vector.clone();

      double factor = L2Clipping.clip(clipped, bound);

      assertThat(sumOfSquares(clipped)).isLessThanOrEqualTo(new BigDecimal(bound).pow(2));
      assertThat(factor).isBetween(0.0, 1.0);
      if (mustShrink) {
        double norm = Math.sqrt(sumOfSquares(clipped).doubleValue());
        assertThat(norm).as("not shrunk more than needed").isGreaterThan(bound * (1 - 1e-6));
      }
      for (int i = 0; i < length; i++) {
        assertThat(clipped[i]).isEqualTo((float) (vector[i] * factor));
      }
    }
  }

  @Test
  void vectorsWithinTheBoundStayBitForBit() {
    float[] vector = {0.3f, -0.0f, 0.4f, Float.MIN_VALUE};
    float[] before = vector.clone();
    assertThat(L2Clipping.clip(vector, 0.5001f)).isEqualTo(1);
    assertThat(vector).isEqualTo(before);
    float[] zeros = new float[9];
    assertThat(L2Clipping.clip(zeros, 1e-6f)).isEqualTo(1);
    assertThat(zeros).containsOnly(0f);
  }

  @Test
  void theLargestNumbersDoNotOverflow() {
    float[] vector = {Float.MAX_VALUE, -Float.MAX_VALUE, Float.MAX_VALUE, Float.MAX_VALUE};
    assertThat(L2Clipping.norm(vector)).isEqualTo(2.0 * Float.MAX_VALUE);
    L2Clipping.clip(vector, 2f);
    assertThat(vector[0]).isBetween(0.999f, 1f);
    assertThat(vector[1]).isBetween(-1f, -0.999f);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void whatIsNotFiniteIsRefusedWhereverItIsAndNothingIsChanged(float value) {
    for (int position = 0; position < 7; position++) {
      float[] vector = {5, 5, 5, 5, 5, 5, 5};
      vector[position] = value;
      float[] before = vector.clone();
      assertThatThrownBy(() -> L2Clipping.clip(vector, 1f))
          .isInstanceOf(NonFiniteValueException.class)
          .hasMessage("entry %d of 7 is %s, expected a finite number", position, value);
      assertThat(vector).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE})
  void boundsThatAreNoneAreRefused(float bound) {
    assertThatThrownBy(() -> L2Clipping.clip(new float[] {1}, bound))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bound is " + bound);
  }
}
