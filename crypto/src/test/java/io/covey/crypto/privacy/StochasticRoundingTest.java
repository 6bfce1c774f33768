package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StochasticRoundingTest {
  private static final long SEED = 577_215_664;
  private static final RandomWords ALL_ZEROS = words -> Arrays.fill(words, 0);
  private static final RandomWords ALL_ONES = words -> Arrays.fill(words, -1);

  /** False alarms: below 2e-9 for each comparison, and none with this seed. */
  private static final double SIX_SIGMA = 6;

  private static RandomWords seededWords() {
    byte[] seed = new byte[AesCtrRandomWords.SEED_BYTES];
    new Random(SEED).nextBytes(seed);
    return AesCtrRandomWords.fromSeed(seed);
  }

  /** Plain: the definition in the class description, in exact arithmetic after one product. */
  private static int referenceLevel(double product, FixedPoint fixedPoint, long bits) {
    BigInteger shifted = new BigDecimal(product).setScale(0, RoundingMode.DOWN).toBigInteger();
    BigInteger limit = BigInteger.valueOf(fixedPoint.levels()).shiftLeft(32);
    return shifted
        .min(limit)
        .max(limit.negate())
        .add(BigInteger.valueOf(fixedPoint.offset()).shiftLeft(32))
        .add(BigInteger.valueOf(bits))
        .shiftRight(32)
        .intValueExact();
  }

  @ParameterizedTest(name = "{0} bits, range {1}, seed " + SEED)
  @CsvSource({"2, 1", "4, 0.5", "8, 3", "12, 4", "16, 1e-6", "24, 1e6"})
  void quantizingMatchesThePlainVersion(int valueBits, double range) {
    FixedPoint fixedPoint = new FixedPoint(valueBits, range);
    Random random = new Random(SEED);
    float[] source = new float[5000];
    for (int i = 0; i < source.length; i++) {
      source[i] = (float) (random.nextGaussian() * range);
    }
    source[0] = 0f;
    source[1] = -0f;
    source[2] = (float) range;
    source[3] = (float) -range;
    source[4] = Float.MAX_VALUE;
    source[5] = -Float.MAX_VALUE;
    long[] words = new long[3072];
    seededWords().fill(words);
    double scale = 0.7;
    double toFixed = scale / fixedPoint.step() * 0x1p32;
    int[] levels = new int[source.length];

    StochasticRounding.Quantizer quantizer =
        new StochasticRounding(seededWords()).quantizer(fixedPoint, source, scale);
    quantizer.read(0, source.length, levels);

    for (int i = 0; i < source.length; i++) {
      long bits = (i % 2 == 0 ? words[i / 2] : words[i / 2] >>> 32) & 0xFFFFFFFFL;
      assertThat(levels[i])
          .as("entry %d", i)
          .isEqualTo(referenceLevel(source[i] * toFixed, fixedPoint, bits))
          .isBetween(1, 2 * fixedPoint.offset() - 1);
    }
    assertThat(levels[0]).isEqualTo(fixedPoint.offset());
    assertThat(levels[1]).isEqualTo(fixedPoint.offset());
  }

  @Test
  void theEndsOfTheRangeStayInItWhateverTheRandomBits() {
    for (int valueBits = 2; valueBits <= 24; valueBits++) {
      for (float range : new float[] {1f, 0.1f, 3f, 1e-6f, 7.7e5f}) {
        FixedPoint fixedPoint = new FixedPoint(valueBits, range);
        float[] ends = {range, -range, Math.nextUp(range), -Math.nextUp(range)};
        int[] levels = new int[4];
        int top = 2 * fixedPoint.offset() - 1;
        new StochasticRounding(ALL_ONES).quantizer(fixedPoint, ends, 1).read(0, 4, levels);
        assertThat(levels).containsExactly(top, levels[1], top, 1).as("%s", fixedPoint);
        assertThat(levels[1]).isBetween(1, 2);
        new StochasticRounding(ALL_ZEROS).quantizer(fixedPoint, ends, 1).read(0, 4, levels);
        assertThat(levels[0]).isBetween(top - 1, top);
        assertThat(levels[1]).isBetween(1, 2);
      }
    }
  }

  @ParameterizedTest(name = "fraction {0}, seed " + SEED)
  @ValueSource(doubles = {0.001, 0.1, 0.25, 0.5, 0.75, 0.999})
  void roundingIsUnbiasedAndItsVarianceIsThatOfOneCoin(double fraction) {
    StochasticRounding rounding = new StochasticRounding(seededWords());
    int draws = 400_000;
    int ups = 0;
    for (int i = 0; i < draws; i++) {
      int result = rounding.round(41 + fraction);
      assertThat(result == 41 || result == 42).isTrue();
      ups += result - 41;
    }
    double deviation = Math.sqrt(fraction * (1 - fraction) / draws);
    assertThat(ups / (double) draws)
        .as("seed %d", SEED)
        .isBetween(fraction - SIX_SIGMA * deviation, fraction + SIX_SIGMA * deviation);
  }

  @Test
  void quantizedEntriesAreUnbiasedOnBothSidesOfZeroAndIndependent() {
    FixedPoint fixedPoint = new FixedPoint(12, 4);
    int draws = 400_000;
    float[] source = new float[draws];
    double fraction = 0.3;
    for (int i = 0; i < draws; i++) {
      source[i] = (float) ((i % 2 == 0 ? fraction : -fraction) * fixedPoint.step());
    }
    int[] levels = new int[draws];
    new StochasticRounding(seededWords()).quantizer(fixedPoint, source, 1).read(0, draws, levels);
    double mean = 0;
    double neighbours = 0;
    for (int i = 0; i < draws; i += 2) {
      double up = levels[i] - fixedPoint.offset() - fraction;
      double down = levels[i + 1] - fixedPoint.offset() + fraction;
      mean += up + down;
      neighbours += up * down;
    }
    double variance = fraction * (1 - fraction);
    assertThat(Math.abs(mean) / draws)
        .as("bias, seed %d", SEED)
        .isLessThan(SIX_SIGMA * Math.sqrt(variance / draws));
    assertThat(Math.abs(neighbours) / (draws / 2.0))
        .as("covariance of neighbours, seed %d", SEED)
        .isLessThan(SIX_SIGMA * variance / Math.sqrt(draws / 2.0));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 41, 4095, 1 << 24, 1 << 30})
  void integersStayWhateverTheRandomBits(int value) {
    assertThat(new StochasticRounding(ALL_ZEROS).round(value)).isEqualTo(value);
    assertThat(new StochasticRounding(ALL_ONES).round(value)).isEqualTo(value);
  }

  @Test
  void fractionsGoDownWithZerosAndUpWithOnes() {
    assertThat(new StochasticRounding(ALL_ZEROS).round(7.999)).isEqualTo(7);
    assertThat(new StochasticRounding(ALL_ONES).round(7.001)).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.001, Double.NaN, Double.POSITIVE_INFINITY, 1.1e9})
  void whatIsOutOfRangeIsRefused(double value) {
    assertThatThrownBy(() -> new StochasticRounding(ALL_ZEROS).round(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("value is " + value);
  }
}
