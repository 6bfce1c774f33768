package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.covey.protocols.message.PrivacyTerms;
import io.covey.protocols.message.UpdateEncoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DistributedGaussianTest {
  private static final ByteString SEED = ByteString.copyFrom(new byte[32]);

  private static DistributedGaussian mechanism(
      int parameters, boolean rotated, int honest, int deviation, int clip) {
    return DistributedGaussian.of(
        parameters, new PrivacyTerms(honest, deviation, clip, rotated ? SEED : ByteString.EMPTY));
  }

  /** Expected values from the formulas in 40 digits, computed apart from this program. */
  @ParameterizedTest
  @CsvSource({
    "100000, false, 100, 82, 800, 100003 100 695977 1116 800 0 0.982916008889129",
    "100000, true, 100, 82, 800, 131075 100 703768 1118 100 0 0.977460226035211",
    "7, false, 3, 2, 8, 10 1 79 26 8 7.15717962806e-17 0.389741881476979",
    "1, true, 2, 5, 17, 4 2 320 65 17 6.95235197588e-107 0.395284707521047",
    "1000000, true, 1000, 40, 1200, 1048579 150 1771384 552 150 0 0.950393883266403",
    "10, false, 200, 2, 20, 13 2 437 26 20 7.15717964761e-17 1.35302018298348"
  })
  void numbersAreThoseOfTheFormulas(
      int parameters, boolean rotated, int honest, int deviation, int clip, String expected) {
    DistributedGaussian mechanism = mechanism(parameters, rotated, honest, deviation, clip);
    String[] numbers = expected.trim().split(" ", -1);
    assertThat(mechanism.entries()).isEqualTo(Integer.parseInt(numbers[0]));
    assertThat(mechanism.metricSteps()).isEqualTo(Integer.parseInt(numbers[1]));
    assertThat(mechanism.squaredNormBound()).isEqualTo(Long.parseLong(numbers[2]));
    assertThat(mechanism.noiseLimit()).isEqualTo(Integer.parseInt(numbers[3]));
    assertThat(mechanism.neededLimit()).isEqualTo(Integer.parseInt(numbers[4]));
    double tau = Double.parseDouble(numbers[5]);
    // The terms beyond 65 are bounded and not added up.
    assertThat(mechanism.tau()).isBetween(tau * (1 - 1e-9), tau * (honest > 65 ? 1.01 : 1 + 1e-9));
    double multiplier = Double.parseDouble(numbers[6]);
    assertThat(mechanism.nominalNoiseMultiplier()).isEqualTo(multiplier, within(1e-12));
    assertThat(mechanism.noiseMultiplier()).isEqualTo(multiplier, within(1e-9));
    assertThat(mechanism.noiseMultiplier()).isLessThanOrEqualTo(multiplier + 1e-12);
  }

  /**
   * The promise itself, for one entry: the Renyi divergence of the sum of the participants' noise
   * from its shifted self, summed up over the distribution, is the Gaussian's of the multiplier.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 16})
  void renyiDivergenceOfTheSumIsThatOfTheMultiplier(int honest) {
    int deviation = 2;
    int shift = 3;
    double[] sum = noise(deviation);
    for (int i = 1; i < honest; i++) {
      sum = convolution(sum, noise(deviation));
    }
    double multiplier = deviation * Math.sqrt(honest) / shift;
    for (int order : new int[] {2, 3, 8}) {
      double moment = 0;
      // Sums whose shifted probability underflowed weigh less than 1e-30 all together.
      for (int i = 0; i + shift < sum.length; i++) {
        if (sum[i] > 1e-200 && sum[i + shift] > 1e-200) {
          moment += sum[i] * Math.pow(sum[i + shift] / sum[i], order);
        }
      }
      assertThat(Math.log(moment) / (order - 1))
          .as("order %d", order)
          .isEqualTo(order / (2 * multiplier * multiplier), within(1e-9));
    }
  }

  private static double[] noise(int deviation) {
    int reach = 40 * deviation;
    double[] probabilities = new double[2 * reach + 1];
    double total = 0;
    for (int x = -reach; x <= reach; x++) {
      probabilities[x + reach] = Math.exp(-0.5 * x * x / deviation / deviation);
      total += probabilities[x + reach];
    }
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] /= total;
    }
    return probabilities;
  }

  private static double[] convolution(double[] first, double[] second) {
    double[] result = new double[first.length + second.length - 1];
    for (int i = 0; i < first.length; i++) {
      for (int j = 0; j < second.length; j++) {
        result[i + j] += first[i] * second[j];
      }
    }
    return result;
  }

  @Test
  void noiseBeyondItsLimitIsRarerThanWhatIsCounted() {
    DistributedGaussian mechanism = mechanism(100_000, false, 50, 20, 300);
    double sigmas = mechanism.noiseLimit() / 20.0;
    double one = 2 * Math.exp(-sigmas * sigmas / 2);
    assertThat(one * mechanism.entries() * (1 << 20))
        .isLessThanOrEqualTo(DistributedGaussian.CLAMP_PROBABILITY * (1 + 1e-9))
        .isGreaterThan(DistributedGaussian.CLAMP_PROBABILITY / 3);
    assertThat(DistributedGaussian.CLAMP_PROBABILITY).isEqualTo(0x1p-96);
  }

  @Test
  void moreHonestParticipantsMakeTheSumMorePrivate() {
    assertThat(mechanism(1000, false, 100, 50, 500).noiseMultiplier())
        .isEqualTo(10 * mechanism(1000, false, 1, 50, 500).noiseMultiplier(), within(1e-9));
  }

  @Test
  void encodingsWithoutTermsHaveNoMechanism() {
    UpdateEncoding plain = new UpdateEncoding(10, 12, 21, 1f, 100, 10f);
    assertThatThrownBy(() -> DistributedGaussian.of(plain))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the encoding has no privacy terms");
  }
}
