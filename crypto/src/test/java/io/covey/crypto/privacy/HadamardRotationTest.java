package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.AesCtrRandomWords;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HadamardRotationTest {
  private static final long SEED = 141_421_356;
  private static final byte[] ROTATION_SEED = rotationSeed();

  private static byte[] rotationSeed() {
    byte[] seed = new byte[AesCtrRandomWords.SEED_BYTES];
    new Random(SEED).nextBytes(seed);
    return seed;
  }

  private static float[] randomVector(int length) {
    Random random = new Random(SEED + length);
    float[] vector = new float[length];
    for (int i = 0; i < length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  /** Plain: the matrix written out. Entry (i, j) of H is -1 to the number of bits in i AND j. */
  private static double[] reference(float[] vector) {
    long[] words = new long[(vector.length + 63) / 64];
    AesCtrRandomWords.fromSeed(ROTATION_SEED).fill(words);
    double[] result = new double[vector.length];
    for (int i = 0; i < vector.length; i++) {
      for (int j = 0; j < vector.length; j++) {
        int minuses = Integer.bitCount(i & j) + (int) (words[j / 64] >>> (j % 64) & 1);
        result[i] += minuses % 2 == 0 ? vector[j] : -vector[j];
      }
      result[i] /= Math.sqrt(vector.length);
    }
    return result;
  }

  @ParameterizedTest(name = "{0} entries, seed " + SEED)
  @ValueSource(ints = {1, 2, 4, 64, 128, 1024, 8192})
  void rotationIsTheMatrixWrittenOut(int length) {
    float[] vector = randomVector(length);
    double[] expected = reference(vector);
    new HadamardRotation(ROTATION_SEED).rotate(vector);
    for (int i = 0; i < length; i++) {
      assertThat((double) vector[i]).isBetween(expected[i] - 1e-5, expected[i] + 1e-5);
    }
  }

  @ParameterizedTest(name = "{0} entries, seed " + SEED)
  @ValueSource(ints = {1, 2, 4096, 1 << 18})
  void rotationKeepsTheLengthAndCanBeUndone(int length) {
    float[] vector = randomVector(length);
    float[] rotated = vector.clone();
    HadamardRotation rotation = new HadamardRotation(ROTATION_SEED);
    rotation.rotate(rotated);
    double norm = L2Clipping.norm(vector);
    assertThat(L2Clipping.norm(rotated)).isBetween(norm * (1 - 1e-6), norm * (1 + 1e-6));
    if (length > 2) {
      assertThat(rotated).isNotEqualTo(vector);
    }
    rotation.unrotate(rotated);
    for (int i = 0; i < length; i++) {
      assertThat(rotated[i]).isBetween(vector[i] - 1e-4f, vector[i] + 1e-4f);
    }
  }

  @Test
  void oneLargeEntryAndManyEqualOnesAreSpread() {
    int length = 1 << 17;
    float[] single = new float[length];
    single[4711] = 1;
    float[] equal = new float[length];
    Arrays.fill(equal, (float) (1 / Math.sqrt(length)));
    for (float[] vector : new float[][] {single, equal}) {
      new HadamardRotation(ROTATION_SEED).rotate(vector);
      float largest = 0;
      for (float entry : vector) {
        largest = Math.max(largest, Math.abs(entry));
      }
      // By the bound in the class description: 2*D*e^-32 is below 4e-9.
      assertThat(largest).as("seed %d", SEED).isLessThan((float) (8 / Math.sqrt(length)));
    }
  }

  @Test
  void anotherSeedIsAnotherRotation() {
    float[] first = randomVector(256);
    float[] second = first.clone();
    byte[] other = ROTATION_SEED.clone();
    other[31] ^= 1;
    new HadamardRotation(ROTATION_SEED).rotate(first);
    new HadamardRotation(other).rotate(second);
    assertThat(first).isNotEqualTo(second);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 4", "1024, 1024", "1025, 2048", "134217728, 134217728"})
  void lengthsArePaddedToPowersOfTwo(int length, int padded) {
    assertThat(HadamardRotation.paddedLength(length)).isEqualTo(padded);
  }
}
