package io.covey.crypto.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RenyiCurveTest {
  /** One line of the reference values, computed by another program. */
  record Row(String text) {
    double number(String field) {
      Matcher matcher = Pattern.compile("\"" + field + "\": ([-+.0-9e]+)").matcher(text);
      assertThat(matcher.find()).as(field).isTrue();
      return Double.parseDouble(matcher.group(1));
    }

    RenyiCurve curve() {
      return RenyiCurve.sampledGaussian(number("sampling_rate"), number("noise_multiplier"));
    }
  }

  static List<Row> rows() throws IOException {
    try (InputStream in = RenyiCurveTest.class.getResourceAsStream("subsampled-gaussian.json")) {
      assertThat(in).isNotNull();
      String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Pattern.compile("\\{[^{}]*}")
          .matcher(json)
          .results()
          .map(m -> new Row(m.group()))
          .toList();
    }
  }

  @Test
  void referenceHasTenRows() throws IOException {
    assertThat(rows()).hasSize(10);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void curveMatchesTheReference(Row row) {
    RenyiCurve curve = row.curve();
    for (int order : new int[] {8, 64}) {
      double expected = row.number("rdp_at_order_" + order);
      assertThat(curve.at(order)).isEqualTo(expected, near(expected));
    }
    RenyiCurve all = curve.times((long) row.number("rounds"));
    double delta = row.number("delta");
    assertThat(all.bestOrder(delta)).isEqualTo((int) row.number("order"));
    assertThat(all.epsilon(delta)).isEqualTo(row.number("epsilon"), near(row.number("epsilon")));
  }

  private static Offset<Double> near(double expected) {
    return within(1e-9 * Math.max(1e-3, expected));
  }

  /**
   * The bound holds for the discrete Gaussian and in both directions, which the reference does not
   * show: the divergences of the mixture from the noise, and of the noise from the mixture, summed
   * up over the integers.
   */
  @ParameterizedTest
  @CsvSource({"0.01, 4, 3", "0.3, 3, 5", "0.9, 2, 1", "0.001, 10, 20", "0.5, 6, 6"})
  void sampledCurveBoundsTheDiscreteGaussianBothWays(double rate, int deviation, int shift) {
    RenyiCurve curve = RenyiCurve.sampledGaussian(rate, deviation / (double) shift);
    for (int order : new int[] {2, 3, 5, 9}) {
      double there = 0;
      double back = 0;
      double total = 0;
      for (int x = -40 * deviation; x <= 40 * deviation; x++) {
        double noise = Math.exp(-0.5 * x * x / deviation / deviation);
        double ratio = Math.exp((x * (double) shift - shift * shift / 2.0) / deviation / deviation);
        double mixture = 1 - rate + rate * ratio;
        there += noise * Math.pow(mixture, order);
        back += noise * Math.pow(mixture, 1.0 - order);
        total += noise;
      }
      double bound = curve.at(order) * (1 + 1e-9);
      assertThat(Math.log(there / total) / (order - 1)).isBetween(bound * 0.999, bound);
      assertThat(Math.log(back / total) / (order - 1)).isBetween(0.0, bound);
    }
  }

  @Test
  void smallSamplingRatesKeepTheirPrecision() {
    // To the first order in q^2, the divergence at order 2 is q^2 * (e^(1/z^2) - 1).
    for (double rate : new double[] {1e-4, 1e-7, 1e-10}) {
      double expected = rate * rate * Math.expm1(1);
      assertThat(RenyiCurve.sampledGaussian(rate, 1).at(2))
          .isEqualTo(expected, within(expected * 1e-6));
    }
  }

  @Test
  void hugeMomentsStayFinite() {
    RenyiCurve curve = RenyiCurve.sampledGaussian(0.001, 0.01);
    assertThat(curve.at(512)).isFinite().isGreaterThan(1e6);
    assertThat(curve.epsilon(1e-6)).isFinite();
  }

  @Test
  void fullSamplingIsTheGaussianAndNearlyFullIsNearIt() {
    RenyiCurve full = RenyiCurve.sampledGaussian(1, 1.3);
    assertThat(full.at(9)).isEqualTo(9 / (2 * 1.3 * 1.3), within(1e-12));
    assertThat(RenyiCurve.sampledGaussian(1 - 1e-9, 1.3).at(9)).isEqualTo(full.at(9), within(1e-6));
  }

  @Test
  void curvesAddUp() {
    RenyiCurve sum = RenyiCurve.gaussian(2).times(3).plus(RenyiCurve.gaussian(1));
    assertThat(sum.at(4)).isEqualTo(3 * 4 / 8.0 + 4 / 2.0, within(1e-12));
    assertThat(RenyiCurve.zero().plus(sum).at(4)).isEqualTo(sum.at(4));
  }

  @Test
  void epsilonFallsWithDeltaAndIsNeverNegative() {
    RenyiCurve curve = RenyiCurve.gaussian(3);
    assertThat(curve.epsilon(1e-9)).isGreaterThan(curve.epsilon(1e-5));
    assertThat(RenyiCurve.zero().epsilon(0.9)).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -1e-9, Double.NaN})
  void deltasThatAreNoneAreRefused(double delta) {
    assertThatThrownBy(() -> RenyiCurve.gaussian(1).epsilon(delta))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("delta is " + delta);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1.1, 1", "NaN, 1", "0.5, 0", "0.5, NaN", "0.5, Infinity"})
  void impossibleMechanismsAreRefused(double rate, double multiplier) {
    assertThatThrownBy(() -> RenyiCurve.sampledGaussian(rate, multiplier))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }
}
