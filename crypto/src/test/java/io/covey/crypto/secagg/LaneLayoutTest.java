package io.covey.crypto.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaneLayoutTest {

  @Test
  void twelveBitsAndCohortsOf512TakeThreeLanesAWord() {
    LaneLayout layout = new LaneLayout(1_000_000, 12, LaneLayout.minimumLaneBits(12, 512));
    assertThat(layout.laneBits()).isEqualTo(21);
    assertThat(layout.lanesPerWord()).isEqualTo(3);
    assertThat(layout.words()).isEqualTo(333_334);
    assertThat(layout.maximumParticipants()).isEqualTo(512);
    assertThat(8.0 * layout.words() / layout.entries()).isBetween(2.66, 2.67);
  }

  @Test
  void minimumLaneBitsIsTheBitLengthOfTheLargestSum() {
    int[] participants = {1, 2, 3, 15, 16, 17, 127, 512, 513, 65_536, 1 << 20, Integer.MAX_VALUE};
    for (int valueBits = 1; valueBits <= LaneLayout.MAXIMUM_VALUE_BITS; valueBits++) {
      for (int count : participants) {
        BigInteger largest =
            BigInteger.TWO
                .pow(valueBits)
                .subtract(BigInteger.ONE)
                .multiply(BigInteger.valueOf(count));
        int bits = LaneLayout.minimumLaneBits(valueBits, count);
        assertThat(bits)
            .as("%d bits, %d participants", valueBits, count)
            .isEqualTo(largest.bitLength());
        assertThat(new LaneLayout(1, valueBits, bits).maximumParticipants())
            .isGreaterThanOrEqualTo(count);
        if (bits > valueBits) {
          assertThat(new LaneLayout(1, valueBits, bits - 1).maximumParticipants())
              .isLessThan(count);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 1", "4, 2", "6, 2", "7, 3", "2147483647, 715827883"})
  void wordsHoldAllEntries(int entries, int words) {
    assertThat(new LaneLayout(entries, 12, 21).words()).isEqualTo(words);
  }

  @Test
  void oneParticipantMoreThanTheLanesHoldIsRefused() {
    LaneLayout layout = new LaneLayout(4, 12, 21);
    layout.requireRoomFor(1);
    layout.requireRoomFor(512);
    assertThatThrownBy(() -> layout.requireRoomFor(513))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("513 participants, expected 1 to 512");
    assertThatThrownBy(() -> layout.requireRoomFor(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void masksCoverTheValuesAndNothingElse() {
    LaneLayout layout = new LaneLayout(5, 12, 21);
    assertThat(layout.valueMask()).isEqualTo(0xFFFL | 0xFFFL << 21 | 0xFFFL << 42);
    assertThat(layout.lastWordValueMask()).isEqualTo(0xFFFL | 0xFFFL << 21);
    LaneLayout full = new LaneLayout(6, 12, 21);
    assertThat(full.lastWordValueMask()).isEqualTo(full.valueMask());
  }

  @ParameterizedTest
  @CsvSource({"0, 12, 21", "-1, 12, 21", "1, 0, 21", "1, 32, 40", "1, 12, 11", "1, 12, 64"})
  void impossibleLayoutsAreRefused(int entries, int valueBits, int laneBits) {
    assertThatThrownBy(() -> new LaneLayout(entries, valueBits, laneBits))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }
}
