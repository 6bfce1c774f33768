package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdaptiveClippingTest {
  private static final AdaptiveClipping MEDIAN = AdaptiveClipping.toMedian();

  @ParameterizedTest
  @CsvSource({
    // 4 * e^(-0.2 * (share - 0.5))
    "1, 3.6193497",
    "0.5, 4",
    "0, 4.4206837",
    "0.75, 3.8049178"
  })
  void clipNormFollowsTheGeometricUpdate(double withinClip, double expected) {
    assertThat((double) MEDIAN.next(4f, withinClip)).isEqualTo(expected, within(1e-6));
  }

  @Test
  void clipNormStaysWithinItsBounds() {
    AdaptiveClipping bounded = new AdaptiveClipping(0.5, 0.2, 3.9f, 4.1f);
    assertThat(bounded.next(4f, 1)).isEqualTo(3.9f);
    assertThat(bounded.next(4f, 0)).isEqualTo(4.1f);
    assertThat(MEDIAN.next(1e6f, 0)).isEqualTo(1e6f);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN})
  void sharesThatAreNoneAreRefused(double withinClip) {
    assertThatThrownBy(() -> MEDIAN.next(1f, withinClip))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("share within the clip norm is " + withinClip);
  }

  @ParameterizedTest
  @CsvSource({"-0.1, 0.2, 1, 2", "1.1, 0.2, 1, 2", "0.5, -1, 1, 2", "0.5, 0.2, 3, 2"})
  void impossibleTargetsAreRefused(double quantile, double rate, float minimum, float maximum) {
    assertThatThrownBy(() -> new AdaptiveClipping(quantile, rate, minimum, maximum))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }
}
