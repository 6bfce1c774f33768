package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.ModularVector;
import io.covey.protocols.message.UpdateEncoding;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateRoundTripTest {
  private static final long SEED = 20_260_117;

  private final Random random = new Random(SEED);
  private final RandomWords words = AesCtrRandomWords.fromSeed(seedBytes());

  private static byte[] seedBytes() {
    byte[] seed = new byte[AesCtrRandomWords.SEED_BYTES];
    new Random(SEED).nextBytes(seed);
    return seed;
  }

  /** Parameter counts around the edges of words and of the blocks of 3072 entries. */
  @ParameterizedTest(name = "{0} parameters, {1} bits, {2} participants, seed " + SEED)
  @CsvSource({
    "1, 12, 1",
    "2, 12, 512",
    "3, 12, 5",
    "4, 4, 3",
    "5, 24, 2",
    "3069, 12, 7",
    "3070, 12, 7",
    "3071, 12, 7",
    "3072, 12, 7",
    "3073, 12, 7",
    "10007, 12, 20",
    "9001, 8, 100",
    "9001, 5, 1",
    "9001, 24, 1000",
    "9001, 16, 100000"
  })
  void sumDecodesToTheWeightedMeanWithinTheProvenBound(int count, int bits, int maximum)
      throws UnusableAggregateException {
    UpdateLayout layout = layout(count, bits, maximum);
    UpdateEncoding encoding = layout.encoding();
    int participants = Math.min(maximum, 12);
    ModularVector sum = layout.newSum();
    double[] expected = new double[count];
    double weightSum = 0;
    double lossSum = 0;
    double correctSum = 0;
    for (int i = 0; i < participants; i++) {
      float[] delta = randomDelta(count);
      Contribution contribution = randomContribution();
      ByteString update = new UpdateEncoder(layout).encode(delta, contribution, words);
      assertThat(new UpdateCheck(layout).refusalOf(List.of(update))).isEmpty();
      sum.add(update.asReadOnlyByteBuffer(), 0);
      double weight = Math.min(contribution.examples(), encoding.maximumWeight());
      double share = weight / contribution.examples();
      L2Clipping.clip(delta, encoding.clipNorm());
      for (int j = 0; j < count; j++) {
        expected[j] += weight * delta[j];
      }
      weightSum += weight;
      lossSum += Math.min(contribution.lossSum() * share, weight * encoding.maximumLoss());
      correctSum += contribution.correct() * share;
    }

    AggregateUpdate aggregate = new AggregateDecoder(layout).decode(sum, participants);

    double scale = participants * encoding.maximumWeight() / weightSum;
    double bound = layout.parameters().step() * scale + 1e-6;
    for (int j = 0; j < count; j++) {
      assertThat((double) aggregate.meanDelta()[j])
          .as("entry %d", j)
          .isBetween(expected[j] / weightSum - bound, expected[j] / weightSum + bound);
    }
    assertThat(aggregate.weight()).isEqualTo((long) weightSum);
    assertThat(Math.abs(aggregate.meanLoss() - lossSum / weightSum))
        .isLessThan(encoding.maximumLoss() / layout.lossLevels() * scale + 1e-9);
    assertThat(Math.abs(aggregate.accuracy() - correctSum / weightSum))
        .isLessThanOrEqualTo(participants / weightSum + 1e-9);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1023, 1024, 1025, 1500, 15_104})
  void piecesAreTheWholeWhateverTheirLength(int wordsPerPiece) {
    UpdateLayout layout = layout(9_001, 12, 512);
    float[] delta = randomDelta(9_001);
    Contribution contribution = new Contribution(40, 33.5, 21);
    ByteString whole =
        new UpdateEncoder(layout)
            .encode(delta, contribution, AesCtrRandomWords.fromSeed(seedBytes()));
    UpdateWords update =
        new UpdateEncoder(layout)
            .begin(delta, contribution, AesCtrRandomWords.fromSeed(seedBytes()));
    ByteString pieces = ByteString.EMPTY;
    while (update.remaining() > 0) {
      ByteString piece = update.next(wordsPerPiece);
      assertThat(piece.size()).isBetween(8, 8 * wordsPerPiece);
      pieces = pieces.concat(piece);
    }
    assertThat(pieces).isEqualTo(whole);
    assertThat(update.next(5)).isEmpty();
  }

  @Test
  void lanesTooNarrowForTheCohortAreRefused() {
    UpdateEncoding encoding = new UpdateEncoding(10, 12, 21, 1f, 100, 10f);
    assertThat(UpdateLayout.of(encoding, 512).words()).isEqualTo(5);
    assertThatThrownBy(() -> UpdateLayout.of(encoding, 513))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("513 participants, expected 1 to 512");
  }

  private static UpdateLayout layout(int parameterCount, int bits, int participants) {
    int laneBits = LaneLayout.minimumLaneBits(bits, participants);
    int maximumWeight = Math.min(200, (1 << bits) - 1);
    return UpdateLayout.of(
        new UpdateEncoding(parameterCount, bits, laneBits, 4f, maximumWeight, 16f), participants);
  }

  private float[] randomDelta(int count) {
    float[] delta = new float[count];
    double size = Math.exp(random.nextGaussian()) * 4 / Math.sqrt(count);
    for (int j = 0; j < count; j++) {
      delta[j] = (float) (random.nextGaussian() * size);
    }
    return delta;
  }

  private Contribution randomContribution() {
    int examples = 1 + random.nextInt(400);
    return new Contribution(
        examples, examples * 20 * random.nextDouble(), random.nextInt(examples + 1));
  }
}
