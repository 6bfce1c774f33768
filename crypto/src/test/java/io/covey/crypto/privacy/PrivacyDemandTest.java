package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.protocols.message.PrivacyTerms;
import io.covey.protocols.message.UpdateEncoding;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivacyDemandTest {
  private static final ByteString SEED = ByteString.copyFrom(new byte[32]);

  private static UpdateEncoding plain(int parameterCount) {
    return new UpdateEncoding(parameterCount, 12, 21, 4f, 512, 16f);
  }

  @ParameterizedTest(name = "{0} parameters, z {1}, {2} of {3}, rotated {4}")
  @CsvSource({
    "1, 1, 1, 1, false",
    "1, 1, 1, 1, true",
    "2410, 0.5, 4, 8, false",
    "2410, 3, 4, 8, true",
    "100000, 1, 100, 128, false",
    "100000, 1, 100, 128, true",
    "100000, 0.6, 900, 1000, true",
    "1000000, 1.2, 500, 1000, false",
    "1000000, 30, 40, 50, true",
    "20000, 0.01, 3, 4, false",
    "300, 200, 2, 65536, false"
  })
  void encodingsHoldTheNoiseWithTheFewestBits(
      int parameters, double multiplier, int honest, int cohort, boolean rotated) {
    ByteString seed = rotated ? SEED : ByteString.EMPTY;
    UpdateEncoding encoding =
        new PrivacyDemand(multiplier, honest, seed).applyTo(plain(parameters), cohort);
    UpdateLayout layout = UpdateLayout.of(encoding, cohort);
    DistributedGaussian mechanism = DistributedGaussian.of(encoding);
    PrivacyTerms terms = encoding.privacy().orElseThrow();

    assertThat(mechanism.noiseMultiplier()).isGreaterThanOrEqualTo(multiplier);
    assertThat(mechanism.roundingOverhead()).isLessThanOrEqualTo(1.02);
    assertThat(mechanism.fits(encoding.valueBits())).isTrue();
    assertThat(terms.rotationSeed()).isEqualTo(seed);
    assertThat(terms.minimumHonest()).isEqualTo(honest);
    assertThat(encoding.clipNorm()).isEqualTo(4f);
    assertThat(encoding.maximumWeight()).isEqualTo(1);
    assertThat(layout.lanes().maximumParticipants()).isGreaterThanOrEqualTo(cohort);
    // One more step of the clip norm would not leave the noise that is asked for.
    PrivacyTerms longer =
        new PrivacyTerms(honest, terms.noiseDeviationSteps(), terms.clipSteps() + 1, seed);
    assertThat(DistributedGaussian.of(parameters, longer).noiseMultiplier()).isLessThan(multiplier);
    // A bit less holds no such terms: the finest that fit lose too much to rounding.
    for (int deviation = 2; deviation <= terms.noiseDeviationSteps(); deviation++) {
      int clip = (int) ((long) terms.clipSteps() * deviation / terms.noiseDeviationSteps());
      if (clip >= PrivacyTerms.MINIMUM_CLIP_STEPS) {
        DistributedGaussian coarser =
            DistributedGaussian.of(parameters, new PrivacyTerms(honest, deviation, clip, seed));
        assertThat(
                coarser.fits(encoding.valueBits() - 1)
                    && coarser.roundingOverhead() <= 1.02
                    && coarser.noiseMultiplier() >= multiplier
                    && encoding.valueBits() > 4)
            .as("%s", coarser)
            .isFalse();
      }
    }
  }

  @Test
  void whatNoEncodingCanHoldIsRefusedWithAWayOut() {
    // A share of noise so large that its clamp leaves no steps for the update.
    assertThatThrownBy(
            () -> new PrivacyDemand(1000, 1, ByteString.EMPTY).applyTo(plain(10_000_000), 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no values of up to 24 bits hold 10000000 parameters")
        .hasMessageContaining("ask for less noise, more survivors or a smaller model");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 0.009, 1001, Double.NaN, Double.POSITIVE_INFINITY})
  void impossibleMultipliersAreRefused(double multiplier) {
    assertThatThrownBy(() -> new PrivacyDemand(multiplier, 1, ByteString.EMPTY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("noise multiplier is " + multiplier);
  }

  @Test
  void moreHonestParticipantsThanTheCohortHasAreRefused() {
    assertThatThrownBy(() -> new PrivacyDemand(1, 9, SEED).applyTo(plain(10), 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("9 honest participants, expected at most the cohort of 8");
  }

  @Test
  void layoutsRefuseTermsThatLeaveNoRoomForNoise() {
    PrivacyTerms terms = new PrivacyTerms(10, 200, 1000, ByteString.EMPTY);
    UpdateEncoding narrow = new UpdateEncoding(1000, 12, 30, 1f, 1, 1f, Optional.of(terms));
    UpdateEncoding wide = new UpdateEncoding(1000, 13, 30, 1f, 1, 1f, Optional.of(terms));
    assertThatThrownBy(() -> UpdateLayout.of(narrow, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("values of 12 bits hold up to 2047, expected 1000 for entries");
    assertThat(UpdateLayout.of(wide, 10).words()).isEqualTo(502);
  }
}
