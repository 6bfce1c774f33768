package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiscreteGaussianTest {
  private static final long SEED = 161_803_398;
  private static final int DRAWS = 400_000;

  /** False alarms: below 2e-9 for each comparison, and none with this seed. */
  private static final double SIX_SIGMA = 6;

  private static RandomWords seededWords(long seed) {
    byte[] bytes = new byte[AesCtrRandomWords.SEED_BYTES];
    new Random(seed).nextBytes(bytes);
    return AesCtrRandomWords.fromSeed(bytes);
  }

  @ParameterizedTest(name = "sigma {0}, seed " + SEED)
  @ValueSource(ints = {1, 2, 3, 7, 40, 1000})
  void gaussianSamplesHaveTheExactDistribution(int deviation) {
    DiscreteGaussian gaussian = new DiscreteGaussian(seededWords(SEED + deviation), deviation);
    assertDistribution(
        gaussian::sample, x -> Math.exp(-0.5 * x * x / deviation / deviation), 6 * deviation);
  }

  @ParameterizedTest(name = "scale {0}, seed " + SEED)
  @ValueSource(ints = {1, 2, 5, 60})
  void laplaceSamplesHaveTheExactDistribution(int scale) {
    DiscreteLaplace laplace =
        new DiscreteLaplace(new UniformIntegers(seededWords(SEED - scale)), scale);
    assertDistribution(laplace::sample, x -> Math.exp(-Math.abs((double) x) / scale), 14 * scale);
  }

  /** Pearson's chi-square over cells of at least 50 expected samples, by the normal of its tail. */
  private static void assertDistribution(
      IntSupplier sampler, IntToDoubleFunction weight, int reach) {
    long[] counts = new long[2 * reach + 1];
    for (int i = 0; i < DRAWS; i++) {
      int sample = sampler.getAsInt();
      counts[Math.max(-reach, Math.min(reach, sample)) + reach]++;
    }
    double total = 0;
    for (int x = -2 * reach; x <= 2 * reach; x++) {
      total += weight.applyAsDouble(x);
    }
    double chiSquare = 0;
    int cells = 0;
    double expected = 0;
    double observed = 0;
    for (int x = -reach; x <= reach; x++) {
      expected += DRAWS * weight.applyAsDouble(x) / total;
      observed += counts[x + reach];
      if (expected >= 50) {
        chiSquare += (observed - expected) * (observed - expected) / expected;
        cells++;
        expected = 0;
        observed = 0;
      }
    }
    int freedom = cells - 1;
    assertThat(cells).isGreaterThan(6);
    assertThat((chiSquare - freedom) / Math.sqrt(2.0 * freedom))
        .as("chi-square %s for %d degrees of freedom, seed %d", chiSquare, freedom, SEED)
        .isBetween(-SIX_SIGMA, SIX_SIGMA);
  }

  @ParameterizedTest(name = "sigma {0}, seed " + SEED)
  @ValueSource(ints = {1, 2, 25, 5000, DiscreteGaussian.MAXIMUM_DEVIATION})
  void momentsAreThoseOfTheDistributionAndSignsAreEven(int deviation) {
    DiscreteGaussian gaussian = new DiscreteGaussian(seededWords(SEED + 1), deviation);
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    long signs = 0;
    for (int i = 0; i < DRAWS; i++) {
      double sample = gaussian.sample() / (double) deviation;
      sum += sample;
      squares += sample * sample;
      fourths += sample * sample * sample * sample;
      signs += (long) Math.signum(sample);
    }
    double root = Math.sqrt(DRAWS);
    assertThat(Math.abs(sum) / DRAWS).as("mean").isLessThan(SIX_SIGMA / root);
    assertThat(Math.abs((double) signs)).as("signs").isLessThan(SIX_SIGMA * root);
    // For sigma of 1 and more the moments are the continuous ones but for less than 1e-6.
    assertThat(squares / DRAWS)
        .as("variance")
        .isBetween(1 - SIX_SIGMA * Math.sqrt(2) / root, 1 + SIX_SIGMA * Math.sqrt(2) / root);
    assertThat(fourths / DRAWS)
        .as("fourth moment")
        .isBetween(3 - SIX_SIGMA * Math.sqrt(96) / root, 3 + SIX_SIGMA * Math.sqrt(96) / root);
  }

  @ParameterizedTest(name = "e^-({0}/{1}), seed " + SEED)
  @CsvSource({
    "0, 1",
    "1, 1",
    "1, 3",
    "2, 3",
    "7, 2",
    "5, 1",
    "999999, 1000000",
    "3000001, 2000000"
  })
  void coinsOfExponentialsHaveTheirProbability(long numerator, long denominator) {
    UniformIntegers uniform = new UniformIntegers(seededWords(SEED + 2));
    int heads = 0;
    for (int i = 0; i < DRAWS; i++) {
      if (DiscreteLaplace.bernoulliOfExponential(uniform, numerator, denominator)) {
        heads++;
      }
    }
    double probability = Math.exp(-numerator / (double) denominator);
    double deviation = Math.sqrt(probability * (1 - probability) / DRAWS);
    assertThat(heads / (double) DRAWS)
        .isBetween(probability - SIX_SIGMA * deviation, probability + SIX_SIGMA * deviation);
  }

  @ParameterizedTest(name = "below {0}, seed " + SEED)
  @ValueSource(longs = {1, 2, 3, 5, 8, 9, 1000})
  void uniformIntegersAreUniform(long bound) {
    UniformIntegers uniform = new UniformIntegers(seededWords(SEED + 3));
    int[] counts = new int[(int) bound];
    for (int i = 0; i < DRAWS; i++) {
      counts[(int) uniform.below(bound)]++;
    }
    double expected = DRAWS / (double) bound;
    for (int count : counts) {
      assertThat((double) count)
          .isBetween(
              expected - SIX_SIGMA * Math.sqrt(expected),
              expected + SIX_SIGMA * Math.sqrt(expected));
    }
  }

  @Test
  void largeBoundsAreReachedAndKept() {
    UniformIntegers uniform = new UniformIntegers(seededWords(SEED + 4));
    long bound = 3L << 60;
    long largest = 0;
    for (int i = 0; i < 1000; i++) {
      long sample = uniform.below(bound);
      assertThat(sample).isBetween(0L, bound - 1);
      largest = Math.max(largest, sample);
    }
    assertThat(largest).as("seed %d", SEED).isGreaterThan(bound / 100 * 98);
  }

  @Test
  void theStreamDeterminesTheSamples() {
    DiscreteGaussian first = new DiscreteGaussian(seededWords(1), 12);
    DiscreteGaussian second = new DiscreteGaussian(seededWords(1), 12);
    DiscreteGaussian other = new DiscreteGaussian(seededWords(2), 12);
    int[] samples = new int[3000];
    int[] others = new int[3000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = first.sample();
      others[i] = other.sample();
      assertThat(second.sample()).isEqualTo(samples[i]);
    }
    assertThat(samples).isNotEqualTo(others);
    assertThat(Arrays.copyOf(samples, 8)).isEqualTo(KNOWN_SAMPLES);
  }

  /** A change of these is a change of how the stream is read. */
  private static final int[] KNOWN_SAMPLES = {0, 3, -18, 15, -16, 3, -2, -4};

  @Test
  void noiseIsAddedAndClampedAtItsLimit() {
    int[] entries = new int[20_000];
    Arrays.fill(entries, 100);
    new DiscreteGaussian(seededWords(3), 5).addTo(entries, 7);
    DiscreteGaussian same = new DiscreteGaussian(seededWords(3), 5);
    int clamped = 0;
    for (int entry : entries) {
      int sample = same.sample();
      assertThat(entry - 100).isEqualTo(Math.max(-7, Math.min(7, sample)));
      clamped += Math.abs(sample) > 7 ? 1 : 0;
    }
    assertThat(clamped).isBetween(1000, 5000);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, DiscreteGaussian.MAXIMUM_DEVIATION + 1})
  void deviationsOutOfRangeAreRefused(int deviation) {
    assertThatThrownBy(() -> new DiscreteGaussian(seededWords(1), deviation))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("deviation is " + deviation);
  }
}
