package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.message.UpdateEncoding;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What privacy rests on: no vector is longer than the sensitivity when the noise comes to it. */
class PrivateEntriesTest {
  private static final long SEED = 271_828_182;
  private static final ByteString ROTATION =
      ByteString.copyFromUtf8("a rotation seed of thirty-two b.");

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

  @ParameterizedTest(name = "{0} parameters, rotated {1}, seed " + SEED)
  @CsvSource({"1, false", "13, true", "2000, false", "2000, true", "2048, true"})
  void vectorsBeforeNoiseAreNeverLongerThanTheSensitivity(int count, boolean rotated) {
    UpdateLayout layout = layout(count, 1, 10, rotated);
    long bound = DistributedGaussian.of(layout.encoding()).squaredNormBound();
    float[] halves = new float[count];
    // Far beyond the clip norm, and between levels after clipping.
    Arrays.fill(halves, 1e30f);
    float[] single = new float[count];
    single[count - 1] = -Float.MAX_VALUE;
    for (float[] delta : new float[][] {halves, single, randomDelta(count, 1), new float[count]}) {
      for (int i = 0; i < 20; i++) {
        int[] entries =
            new PrivateEntries(layout).withoutNoise(delta, new Contribution(3, 1e9, 3), words);
        assertThat(PrivateEntries.lengthIsWithin(entries, bound)).isTrue();
        long squares = 0;
        for (int entry : entries) {
          squares += (long) entry * entry;
        }
        assertThat(squares).isLessThanOrEqualTo(bound);
      }
    }
  }

  @Test
  void roundingIsRepeatedUntilTheVectorIsShortEnoughAndTruncatesInTheEnd() {
    UpdateLayout layout = layout(2000, 1, 10, false);
    long bound = DistributedGaussian.of(layout.encoding()).squaredNormBound();
    float[] delta = new float[2000];
    Arrays.fill(delta, 1f);
    // Each fraction rounded up, in every attempt: a vector that is too long.
    RandomWords allUp = destination -> Arrays.fill(destination, -1);
    int[] entries =
        new PrivateEntries(layout).withoutNoise(delta, new Contribution(1, 0, 0), allUp);
    assertThat(PrivateEntries.lengthIsWithin(entries, bound)).isTrue();
    int truncated =
        (int)
            (layout.encoding().privacy().orElseThrow().clipSteps()
                / Math.sqrt(2000)
                * (1 - 0x1p-22));
    assertThat(entries[0]).isEqualTo(truncated);
    // And a vector that is short enough stays as it was rounded.
    float[] small = new float[2000];
    small[7] = layout.encoding().clipNorm() * 0.5f / layout.parameters().levels();
    int[] rounded =
        new PrivateEntries(layout).withoutNoise(small, new Contribution(1, 0, 0), allUp);
    assertThat(rounded[7]).isEqualTo(1);
  }

  @Test
  void lengthsAreComparedExactly() {
    int[] entries = new int[10_000];
    Arrays.fill(entries, 3);
    assertThat(PrivateEntries.lengthIsWithin(entries, 90_000)).isTrue();
    assertThat(PrivateEntries.lengthIsWithin(entries, 89_999)).isFalse();
    int[] wide = new int[1 << 20];
    Arrays.fill(wide, -(1 << 23));
    // Their squares add up to more than a long holds.
    assertThat(PrivateEntries.lengthIsWithin(wide, 1L << 40)).isFalse();
  }
}
