package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.secagg.ModularVector;
import io.covey.protocols.message.PrivacyTerms;
import io.covey.protocols.message.UpdateEncoding;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateUpdateTest {
  private static final long SEED = 271_828_182;
  private static final ByteString ROTATION =
      ByteString.copyFromUtf8("a rotation seed of thirty-two b.");

  /** False alarms: below 2e-9 for each comparison, and none with this seed. */
  private static final double SIX_SIGMA = 6;

  private final Random random = new Random(SEED);
  private final RandomWords words = words(SEED);

  private static RandomWords words(long seed) {
    byte[] bytes = new byte[AesCtrRandomWords.SEED_BYTES];
    new Random(seed).nextBytes(bytes);
    return AesCtrRandomWords.fromSeed(bytes);
  }

  private static UpdateLayout layout(
      int parameters, double multiplier, int cohort, boolean rotated) {
    UpdateEncoding plain = new UpdateEncoding(parameters, 12, 40, 2f, 100, 10f);
    PrivacyDemand demand =
        new PrivacyDemand(multiplier, cohort, rotated ? ROTATION : ByteString.EMPTY);
    return UpdateLayout.of(demand.applyTo(plain, cohort), cohort);
  }

  private float[] randomDelta(int count, double norm) {
    float[] delta = new float[count];
    for (int i = 0; i < count; i++) {
      delta[i] = (float) (random.nextGaussian() * norm / Math.sqrt(count));
    }
    return delta;
  }

  private static AggregateUpdate decode(UpdateLayout layout, ModularVector sum, int participants)
      throws UnusableAggregateException {
    return new AggregateDecoder(layout).decode(sum, participants);
  }

  @ParameterizedTest(name = "{0} parameters, z {1}, {2} participants, rotated {3}, seed " + SEED)
  @CsvSource({
    "3000, 1, 20, false",
    "3000, 1, 20, true",
    "4096, 0.05, 7, true",
    "70001, 2, 5, false",
    "1, 0.1, 30, true",
    "5, 0.01, 4, false"
  })
  void sumDecodesToTheMeanOfClippedDeltasAndNoiseOfTheStatedDeviation(
      int count, double multiplier, int participants, boolean rotated)
      throws UnusableAggregateException {
    UpdateLayout layout = layout(count, multiplier, participants, rotated);
    ModularVector sum = layout.newSum();
    double[] expected = new double[count];
    for (int i = 0; i < participants; i++) {
      float[] delta = randomDelta(count, i % 2 == 0 ? 1 : 9);
      float[] before = delta.clone();
      ByteString update =
          new UpdateEncoder(layout).encode(delta, new Contribution(1 + i, 1, 1), words);
      assertThat(delta).isEqualTo(before);
      assertThat(new UpdateCheck(layout).refusalOf(List.of(update))).isEmpty();
      sum.add(update.asReadOnlyByteBuffer(), 0);
      L2Clipping.clip(delta, 2f);
      for (int j = 0; j < count; j++) {
        expected[j] += delta[j] / participants;
      }
    }

    float[] mean = decode(layout, sum, participants).meanDelta();

    PrivacyTerms terms = layout.encoding().privacy().orElseThrow();
    double step = 2.0 / terms.clipSteps();
    double noise = terms.noiseDeviationSteps() * step / Math.sqrt(participants);
    // Rounding adds at most a quarter of a square step for each participant.
    double deviation = noise + step / Math.sqrt(participants);
    double squares = 0;
    assertThat(mean).hasSize(count);
    for (int j = 0; j < count; j++) {
      double error = mean[j] - expected[j];
      assertThat(Math.abs(error)).as("entry %d", j).isLessThan(7 * deviation);
      squares += error * error;
    }
    if (count >= 3000) {
      double slack = SIX_SIGMA * Math.sqrt(2.0 / count);
      assertThat(squares / count / (noise * noise))
          .as("variance of the noise over the stated one, seed %d", SEED)
          .isBetween(1 - slack, 1 + slack + 0.3 / Math.pow(terms.noiseDeviationSteps(), 2));
    }
  }

  @ParameterizedTest(name = "rotated {0}, seed " + SEED)
  @ValueSource(booleans = {false, true})
  void metricsOfManyParticipantsComeOutNearTheirMeans(boolean rotated)
      throws UnusableAggregateException {
    int participants = 400;
    UpdateLayout layout = layout(50, 0.5, participants, rotated);
    ModularVector sum = layout.newSum();
    for (int i = 0; i < participants; i++) {
      // A quarter is clipped, and their losses are beyond the maximum of 10.
      boolean clipped = i % 4 == 0;
      Contribution contribution = new Contribution(1000, clipped ? 1e6 : 2000, 900);
      sum.add(
          new UpdateEncoder(layout)
              .encode(randomDelta(50, clipped ? 20 : 0.5), contribution, words)
              .asReadOnlyByteBuffer(),
          0);
    }

    AggregateUpdate aggregate = decode(layout, sum, participants);

    // Noise of a mean as a share: z * S / (2 * C/8 * n), with S about 1.03 C.
    double slack = SIX_SIGMA * 0.5 * 1.1 * 4 / participants + 0.01;
    assertThat(aggregate.weight()).isEqualTo(participants);
    assertThat(aggregate.withinClip().orElseThrow()).isBetween(0.75 - slack, 0.75 + slack);
    assertThat(aggregate.accuracy()).isBetween(0.9 - slack, 0.9 + slack);
    assertThat(aggregate.meanLoss()).isBetween(4 - 10 * slack, 4 + 10 * slack);
  }

  @Test
  void metricsStayInTheirRangeWhateverTheNoise() throws UnusableAggregateException {
    UpdateLayout layout = layout(2, 5, 1, false);
    boolean below = false;
    boolean above = false;
    for (int i = 0; i < 30; i++) {
      ModularVector sum = layout.newSum();
      sum.add(
          new UpdateEncoder(layout)
              .encode(new float[2], new Contribution(2, 10, 1), words)
              .asReadOnlyByteBuffer(),
          0);
      AggregateUpdate aggregate = decode(layout, sum, 1);
      assertThat(aggregate.accuracy()).isBetween(0.0, 1.0);
      assertThat(aggregate.withinClip().orElseThrow()).isBetween(0.0, 1.0);
      assertThat(aggregate.meanLoss()).isBetween(0.0, 10.0);
      below |= aggregate.accuracy() == 0;
      above |= aggregate.accuracy() == 1;
    }
    assertThat(below && above).as("noise reached both ends, seed %d", SEED).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 1023, 5000})
  void piecesAreTheWholeAndTheStreamDeterminesThem(int wordsPerPiece) {
    UpdateLayout layout = layout(3000, 1, 10, true);
    float[] delta = randomDelta(3000, 1);
    Contribution contribution = new Contribution(5, 3, 2);
    ByteString whole = new UpdateEncoder(layout).encode(delta, contribution, words(7));
    UpdateWords update = new UpdateEncoder(layout).begin(delta, contribution, words(7));
    ByteString pieces = ByteString.EMPTY;
    while (update.remaining() > 0) {
      pieces = pieces.concat(update.next(wordsPerPiece));
    }
    assertThat(pieces).isEqualTo(whole).hasSize((int) layout.bytes());
    assertThat(new UpdateEncoder(layout).encode(delta, contribution, words(8))).isNotEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource({"false, 1d02d4010a02e901fc01140200000000", "true, df01c701fd01c301f6010e020e020000"})
  void aPrivateUpdateHasTheBytesItAlwaysHad(boolean rotated, String expected) {
    PrivacyTerms terms = new PrivacyTerms(3, 20, 100, rotated ? ROTATION : ByteString.EMPTY);
    UpdateLayout layout =
        UpdateLayout.of(new UpdateEncoding(3, 10, 16, 1f, 1, 5f, Optional.of(terms)), 64);
    ByteString update =
        new UpdateEncoder(layout)
            .encode(new float[] {0.5f, -0.25f, 0}, new Contribution(4, 10, 3), words(9));
    assertThat(HexFormat.of().formatHex(update.toByteArray())).isEqualTo(expected);
  }

  @Test
  void exampleCountsDoNotChangeAnUpdate() {
    UpdateLayout layout = layout(40, 1, 10, false);
    float[] delta = randomDelta(40, 1);
    ByteString few = new UpdateEncoder(layout).encode(delta, new Contribution(4, 8, 2), words(7));
    ByteString many =
        new UpdateEncoder(layout).encode(delta, new Contribution(4000, 8000, 2000), words(7));
    assertThat(many).isEqualTo(few);
  }

  @Test
  void sumsOfFewerThanTheNoiseCountsOnAreNotDecoded() {
    UpdateLayout layout = layout(40, 1, 10, false);
    assertThatThrownBy(() -> decode(layout, layout.newSum(), 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("9 participants, expected at least the 10 whose noise was promised");
  }

  @Test
  void deltasThatAreNotFiniteAreRefused() {
    UpdateLayout layout = layout(5, 1, 10, true);
    float[] delta = {0, 0, Float.NaN, 0, 0};
    assertThatThrownBy(
            () -> new UpdateEncoder(layout).encode(delta, new Contribution(1, 0, 0), words))
        .isInstanceOf(NonFiniteValueException.class)
        .hasMessageContaining("entry 2 of 5 is NaN");
  }

  @Test
  void bitsOutsideTheLanesOfAPrivateUpdateAreRefused() {
    UpdateLayout layout = layout(5, 1, 10, false);
    byte[] update =
        new UpdateEncoder(layout)
            .encode(new float[5], new Contribution(1, 0, 0), words)
            .toByteArray();
    update[update.length - 1] |= (byte) 0x80;
    assertThat(new UpdateCheck(layout).refusalOf(List.of(ByteString.copyFrom(update))))
        .contains(UpdateRefusal.LANE_OUT_OF_RANGE);
  }

  @Test
  void adaptiveClippingFindsTheQuantileOfTheNorms() throws UnusableAggregateException {
    int participants = 200;
    AdaptiveClipping clipping = new AdaptiveClipping(0.5, 0.2, 1e-3f, 100f);
    UpdateEncoding encoding = layout(20, 0.3, participants, false).encoding();
    float clipNorm = 60f;
    for (int round = 0; round < 60; round++) {
      UpdateEncoding now =
          new UpdateEncoding(
              20,
              encoding.valueBits(),
              encoding.laneBits(),
              clipNorm,
              1,
              encoding.maximumLoss(),
              encoding.privacy());
      UpdateLayout layout = UpdateLayout.of(now, participants);
      ModularVector sum = layout.newSum();
      for (int i = 0; i < participants; i++) {
        float[] delta = new float[20];
        // Norms are even between 0 and 4: the median is 2.
        delta[3] = 4f * i / participants;
        sum.add(
            new UpdateEncoder(layout)
                .encode(delta, new Contribution(1, 0, 0), words)
                .asReadOnlyByteBuffer(),
            0);
      }
      clipNorm =
          clipping.next(clipNorm, decode(layout, sum, participants).withinClip().orElseThrow());
    }
    assertThat(clipNorm).as("seed %d", SEED).isBetween(1.7f, 2.3f);
  }
}
