package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.message.UpdateEncoding;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateEncoderTest {
  private static final RandomWords ALL_ZEROS = words -> Arrays.fill(words, 0);
  private static final RandomWords ALL_ONES = words -> Arrays.fill(words, -1);

  /** A step of 2^-10, so that the values below are levels and no random bit matters. */
  private static final UpdateLayout LAYOUT =
      UpdateLayout.of(new UpdateEncoding(5, 12, 21, 2047 / 1024f, 10, 4f), 512);

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static int[] entries(UpdateLayout layout, ByteString update) {
    int[] entries = new int[layout.lanes().entries()];
    for (int i = 0; i < entries.length; i++) {
      int word = i / layout.lanes().lanesPerWord();
      int shift = i % layout.lanes().lanesPerWord() * layout.lanes().laneBits();
      long bits = update.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getLong(8 * word);
      entries[i] = (int) ((bits >>> shift) & ((1L << layout.lanes().laneBits()) - 1));
    }
    return entries;
  }

  @Test
  void anUpdateOfLevelsHasTheBytesWorkedOutByHand() {
    float[] delta = {0, 1, -1, 0.5f, 3 / 1024f};
    ByteString update =
        new UpdateEncoder(LAYOUT).encode(delta, new Contribution(10, 40, 7), ALL_ONES);
    // 2048 | 3072 << 21 | 1024 << 42; 2560 | 2051 << 21 | 10 << 42; 4095 | 7 << 21
    assertThat(hex(update)).isEqualTo("0008008001001000" + "000a600001280000" + "ff0fe00000000000");
    assertThat(new UpdateEncoder(LAYOUT).encode(delta, new Contribution(10, 40, 7), ALL_ZEROS))
        .isEqualTo(update);
  }

  @Test
  void anUpdateBetweenLevelsHasTheBytesItAlwaysHad() {
    byte[] seed = new byte[AesCtrRandomWords.SEED_BYTES];
    Arrays.fill(seed, (byte) 7);
    UpdateLayout layout = UpdateLayout.of(new UpdateEncoding(7, 12, 21, 1f, 50, 5f), 512);
    float[] delta = {0.1f, -0.2f, 0.3f, -0.4f, 0.5f, -0.6f, 0.7f};
    ByteString update =
        new UpdateEncoder(layout)
            .encode(delta, new Contribution(33, 40.5, 17), AesCtrRandomWords.fromSeed(seed));
    assertThat(hex(update))
        .isEqualTo(
            "720880e300582500" + "37064047014c1500" + "1f0b2004005c0a00" + "1100000000000000");
  }

  @Test
  void weightLossAndCorrectStandBehindTheParameters() {
    assertThat(metrics(new Contribution(1, 0, 0), ALL_ONES)).containsExactly(1, 0, 0);
    assertThat(metrics(new Contribution(5, 10, 5), ALL_ZEROS)).containsExactly(5, 1023, 5);
    assertThat(metrics(new Contribution(5, 10, 5), ALL_ONES)).containsExactly(5, 1024, 5);
    // Beyond the maximum weight and the maximum loss nothing counts more.
    assertThat(metrics(new Contribution(1000, 1e9, 500), ALL_ONES)).containsExactly(10, 4095, 5);
    assertThat(metrics(new Contribution(1000, 1e9, 999), ALL_ZEROS)).containsExactly(10, 4095, 9);
    assertThat(metrics(new Contribution(1000, 1e9, 999), ALL_ONES)).containsExactly(10, 4095, 10);
  }

  private static int[] metrics(Contribution contribution, RandomWords random) {
    ByteString update = new UpdateEncoder(LAYOUT).encode(new float[5], contribution, random);
    int[] entries = entries(LAYOUT, update);
    assertThat(Arrays.copyOf(entries, 5)).containsOnly(2048);
    return Arrays.copyOfRange(entries, 5, 8);
  }

  @Test
  void correctNeverExceedsTheWeightWhateverTheCounts() {
    for (int examples = 1; examples < 2000; examples++) {
      int[] metrics = metrics(new Contribution(examples, 1, examples), ALL_ONES);
      assertThat(metrics[2]).isEqualTo(metrics[0]);
    }
    // Here examples * weight / examples is more than the weight in doubles.
    UpdateLayout wide = UpdateLayout.of(new UpdateEncoding(1, 24, 63, 1f, 16_479_458, 1f), 1);
    Contribution contribution = new Contribution(2_107_594_039, 0, 2_107_594_039);
    ByteString update = new UpdateEncoder(wide).encode(new float[1], contribution, ALL_ONES);
    assertThat(entries(wide, update)).containsExactly(1 << 23, 16_479_458, 0, 16_479_458);
  }

  @Test
  void aDeltaBeyondTheBoundIsScaledAndNotChangedInPlace() {
    float[] delta = {3000, 0, 4000, 0, 0};
    int[] entries =
        entries(
            LAYOUT, new UpdateEncoder(LAYOUT).encode(delta, new Contribution(10, 0, 0), ALL_ZEROS));
    assertThat(entries[0]).isBetween(2048 + 1227, 2048 + 1228);
    assertThat(entries[2]).isBetween(2048 + 1636, 2048 + 1637);
    assertThat(delta).containsExactly(3000, 0, 4000, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void deltasThatAreNotFiniteAreRefused(float value) {
    float[] delta = {0, 0, value, 0, 0};
    assertThatThrownBy(
            () -> new UpdateEncoder(LAYOUT).encode(delta, new Contribution(1, 0, 0), ALL_ZEROS))
        .isInstanceOf(NonFiniteValueException.class)
        .hasMessageContaining("entry 2 of 5 is " + value);
  }

  @Test
  void deltasOfAnotherLengthAreRefused() {
    assertThatThrownBy(
            () ->
                new UpdateEncoder(LAYOUT)
                    .encode(new float[6], new Contribution(1, 0, 0), ALL_ZEROS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("delta of 6 entries, expected 5");
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 0", "-1, 1, 0", "3, -0.1, 0", "3, 1, 4", "3, 1, -1"})
  void impossibleContributionsAreRefused(int examples, double lossSum, int correct) {
    assertThatThrownBy(() -> new Contribution(examples, lossSum, correct))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void lossesThatAreNotFiniteAreRefused(double lossSum) {
    assertThatThrownBy(() -> new Contribution(3, lossSum, 0))
        .isInstanceOf(NonFiniteValueException.class)
        .hasMessageContaining("loss sum is " + lossSum);
  }
}
