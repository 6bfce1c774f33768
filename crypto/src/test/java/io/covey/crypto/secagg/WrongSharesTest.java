package io.covey.crypto.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.SecretBytes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrongSharesTest {
  private static final int[] PLACES = IntStream.rangeClosed(1, 114).map(i -> 9 * i).toArray();

  private static List<SecretBytes> shares(Random random, int threshold, int count) {
    byte[] seed = new byte[32];
    random.nextBytes(seed);
    byte[] secret = new byte[32];
    random.nextBytes(secret);
    int[] places = IntStream.of(PLACES).limit(count).toArray();
    return new ArrayList<>(
        List.of(
            Shamir.split(
                SecretBytes.owning(secret), threshold, places, AesCtrRandomWords.fromSeed(seed))));
  }

  private static BitSet worsen(List<SecretBytes> shares, int wrong, Random random) {
    BitSet indices = new BitSet();
    while (indices.cardinality() < wrong) {
      int index = random.nextInt(shares.size());
      if (!indices.get(index)) {
        indices.set(index);
        byte[] bytes = shares.get(index).reveal().clone();
        // Any one bit of any limb.
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        shares.set(index, SecretBytes.owning(bytes));
      }
    }
    return indices;
  }

  @ParameterizedTest(name = "{1} of {0} wrong, threshold {2}")
  @CsvSource({
    "114, 0, 78",
    "114, 1, 78",
    "114, 2, 78",
    "114, 18, 78",
    "20, 9, 2",
    "7, 0, 7",
    "9, 1, 7",
    "10, 4, 1"
  })
  void everyWrongShareIsFoundAndNoOther(int count, int wrong, int threshold) {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      List<SecretBytes> shares = shares(random, threshold, count);
      BitSet expected = worsen(shares, wrong, random);
      int[] places = IntStream.of(PLACES).limit(count).toArray();
      assertThat(WrongShares.among(places, shares, threshold))
          .as("seed %d", seed)
          .hasValue(expected);
    }
  }

  @Test
  void tooManyWrongSharesAreNotGuessedAt() {
    Random random = new Random(5);
    List<SecretBytes> shares = shares(random, 78, 114);
    worsen(shares, 19, random);
    assertThat(WrongShares.among(PLACES, shares, 78)).isEmpty();
  }

  @Test
  void sharesOfWrongLengthAreWrong() {
    List<SecretBytes> shares = shares(new Random(6), 10, 20);
    shares.set(3, SecretBytes.owning(new byte[7]));
    int[] places = IntStream.of(PLACES).limit(20).toArray();
    assertThat(WrongShares.among(places, shares, 10).orElseThrow().stream()).containsExactly(3);
  }

  @Test
  void fewerSharesThanTheThresholdAreACallersBug() {
    assertThatThrownBy(() -> WrongShares.among(new int[] {1}, List.of(), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 shares at 1 places");
  }
}
