package io.covey.crypto.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanePackingTest {
  private static final long SEED = 8_151_623;

  /** Plain: one bit string of each word, lane by lane. */
  private static long referenceWord(LaneLayout layout, int[] values, int count, int word) {
    BigInteger bits = BigInteger.ZERO;
    for (int lane = 0; lane < layout.lanesPerWord(); lane++) {
      int entry = word * layout.lanesPerWord() + lane;
      if (entry < count) {
        bits = bits.add(BigInteger.valueOf(values[entry]).shiftLeft(lane * layout.laneBits()));
      }
    }
    return bits.longValue();
  }

  private static long referenceLane(LaneLayout layout, long word, int lane) {
    String bits = String.format("%64s", Long.toBinaryString(word)).replace(' ', '0');
    int end = 64 - lane * layout.laneBits();
    return Long.parseLong(bits.substring(end - layout.laneBits(), end), 2);
  }

  @ParameterizedTest(name = "{0} value bits, {1} lane bits, seed " + SEED)
  @CsvSource({
    "1, 1", "1, 2", "4, 4", "4, 7", "5, 13", "8, 16", "12, 20", "12, 21", "21, 21", "12, 22",
    "16, 32", "24, 33", "31, 31", "24, 48", "31, 63"
  })
  void packingAndUnpackingMatchThePlainVersions(int valueBits, int laneBits) {
    Random random = new Random(SEED);
    int lanes = 64 / laneBits;
    for (int count : new int[] {1, lanes - 1, lanes, lanes + 1, 2 * lanes, 997, 1024 * lanes}) {
      if (count == 0) {
        continue;
      }
      LaneLayout layout = new LaneLayout(count, valueBits, laneBits);
      int[] values = new int[count];
      for (int i = 0; i < count; i++) {
        values[i] = random.nextInt() & layout.maximumValue();
      }
      values[random.nextInt(count)] = layout.maximumValue();
      long[] words = new long[layout.words()];
      Arrays.fill(words, -1);

      assertThat(LanePacking.pack(layout, values, count, words)).isEqualTo(layout.words());

      for (int word = 0; word < words.length; word++) {
        assertThat(words[word]).isEqualTo(referenceWord(layout, values, count, word));
      }
      long[] sums = new long[words.length * lanes];
      LanePacking.unpack(layout, words, words.length, sums);
      for (int i = 0; i < sums.length; i++) {
        assertThat(sums[i]).isEqualTo(i < count ? values[i] : 0);
      }
    }
  }

  @ParameterizedTest(name = "{0} lane bits, seed " + SEED)
  @CsvSource({"1", "2", "7", "16", "21", "22", "32", "33", "63"})
  void anyWordUnpacksAsThePlainVersionSays(int laneBits) {
    Random random = new Random(SEED);
    LaneLayout layout = new LaneLayout(1, 1, laneBits);
    long[] words = random.longs(100).toArray();
    words[0] = -1;
    long[] sums = new long[words.length * layout.lanesPerWord()];
    LanePacking.unpack(layout, words, words.length, sums);
    for (int i = 0; i < sums.length; i++) {
      int lane = i % layout.lanesPerWord();
      assertThat(sums[i]).isEqualTo(referenceLane(layout, words[i / layout.lanesPerWord()], lane));
    }
  }

  @ParameterizedTest
  @CsvSource({"12, 512", "12, 513", "4, 1", "4, 17", "16, 3", "24, 100", "1, 1000"})
  void asManyOfTheLargestValuesAsTheLanesHoldNeverLeaveThem(int valueBits, int participants) {
    int laneBits = LaneLayout.minimumLaneBits(valueBits, participants);
    LaneLayout layout = new LaneLayout(10, valueBits, laneBits);
    int[] values = new int[10];
    Arrays.fill(values, layout.maximumValue());
    long[] update = new long[layout.words()];
    LanePacking.pack(layout, values, values.length, update);
    ModularVector sum = new ModularVector(layout.words());
    int most = Math.toIntExact(layout.maximumParticipants());
    for (int i = 0; i < most; i++) {
      sum.add(update);
    }
    long[] words = new long[layout.words()];
    long[] sums = new long[layout.words() * layout.lanesPerWord()];
    sum.copyTo(0, words.length, words);
    LanePacking.unpack(layout, words, words.length, sums);
    assertThat(Arrays.copyOf(sums, 10)).containsOnly((long) most * layout.maximumValue());

    // One more is too many, so the bound is not merely safe but exact.
    sum.add(update);
    sum.copyTo(0, words.length, words);
    LanePacking.unpack(layout, words, words.length, sums);
    assertThat(sums[0]).isLessThan((most + 1L) * layout.maximumValue());
  }

  @ParameterizedTest
  @CsvSource({"12, 21", "8, 16", "24, 48"})
  void entriesOutsideTheirLaneAreRefusedWhereverTheyAre(int valueBits, int laneBits) {
    LaneLayout layout = new LaneLayout(8, valueBits, laneBits);
    for (int position = 0; position < 8; position++) {
      for (int value : new int[] {-1, layout.maximumValue() + 1, Integer.MIN_VALUE}) {
        int[] values = new int[8];
        values[position] = value;
        assertThatThrownBy(() -> LanePacking.pack(layout, values, 8, new long[8]))
            .as("%d at %d", value, position)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("outside 0 to " + layout.maximumValue());
      }
    }
  }
}
