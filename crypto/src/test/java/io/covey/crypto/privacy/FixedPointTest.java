package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FixedPointTest {

  @Test
  void zeroAndBothEndsAreLevels() {
    FixedPoint fixedPoint = new FixedPoint(12, 2047);
    assertThat(fixedPoint.step()).isEqualTo(1);
    assertThat(fixedPoint.dequantizeSum(2048, 1)).isEqualTo(0);
    assertThat(fixedPoint.dequantizeSum(4095, 1)).isEqualTo(2047);
    assertThat(fixedPoint.dequantizeSum(1, 1)).isEqualTo(-2047);
  }

  @Test
  void theOffsetsOfASumAreRemovedExactly() {
    FixedPoint fixedPoint = new FixedPoint(24, (1 << 23) - 1);
    int summands = Integer.MAX_VALUE;
    long offsets = (long) summands * (1 << 23);
    assertThat(fixedPoint.dequantizeSum(offsets, summands)).isEqualTo(0);
    assertThat(fixedPoint.dequantizeSum(offsets - 1, summands)).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "25, 1", "12, 0", "12, -1", "12, NaN", "12, Infinity"})
  void impossibleParametersAreRefused(int valueBits, double range) {
    assertThatThrownBy(() -> new FixedPoint(valueBits, range))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }
}
