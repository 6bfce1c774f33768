package io.covey.crypto.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.protocols.message.UpdateEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateCheckTest {
  private static final int MAXIMUM_WEIGHT = 100;

  private static UpdateLayout layout(int parameterCount, int laneBits) {
    return UpdateLayout.of(
        new UpdateEncoding(parameterCount, 12, laneBits, 1f, MAXIMUM_WEIGHT, 10f), 100);
  }

  private static long[] honestWords(UpdateLayout layout) {
    ByteString update =
        new UpdateEncoder(layout)
            .encode(
                new float[layout.encoding().parameterCount()],
                new Contribution(50, 100, 25),
                AesCtrRandomWords.fromSystemRandomness());
    long[] words = new long[layout.words()];
    update.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
    return words;
  }

  private static ByteString bytes(long[] words) {
    ByteBuffer buffer = ByteBuffer.allocate(8 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asLongBuffer().put(words);
    return ByteString.copyFrom(buffer);
  }

  private static void setEntry(UpdateLayout layout, long[] words, int entry, long value) {
    LaneLayout lanes = layout.lanes();
    int shift = entry % lanes.lanesPerWord() * lanes.laneBits();
    long mask = (1L << lanes.laneBits()) - 1;
    int word = entry / lanes.lanesPerWord();
    words[word] = (words[word] & ~(mask << shift)) | (value << shift);
  }

  private static List<ByteString> pieces(ByteString whole, int wordsPerPiece) {
    List<ByteString> pieces = new ArrayList<>();
    for (int at = 0; at < whole.size(); at += 8 * wordsPerPiece) {
      pieces.add(whole.substring(at, Math.min(whole.size(), at + 8 * wordsPerPiece)));
    }
    return pieces;
  }

  /** Refuses or passes the same however the update is cut into pieces. */
  private static void assertRefusal(
      UpdateLayout layout, long[] words, UpdateRefusal... expectedOrNone) {
    for (int wordsPerPiece : new int[] {1, 2, 3, 1024, 5000}) {
      assertThat(
              new UpdateCheck(layout)
                  .refusalOf(pieces(bytes(words), wordsPerPiece)).stream().toList())
          .as("pieces of %d words", wordsPerPiece)
          .containsExactly(expectedOrNone);
    }
  }

  static IntStream parameterCounts() {
    // Every place of the metrics in their words, and updates longer than a block.
    return IntStream.of(1, 2, 3, 4, 3066, 3067, 3068, 3069, 3070, 3071, 3072, 9999);
  }

  @ParameterizedTest
  @MethodSource("parameterCounts")
  void whatTheEncoderMakesPasses(int parameterCount) {
    for (int laneBits : new int[] {19, 21, 33}) {
      UpdateLayout layout = layout(parameterCount, laneBits);
      assertRefusal(layout, honestWords(layout));
    }
  }

  @ParameterizedTest
  @MethodSource("parameterCounts")
  void everyBitOutsideTheValuesIsRefused(int parameterCount) {
    UpdateLayout layout = layout(parameterCount, 21);
    LaneLayout lanes = layout.lanes();
    for (int word : new int[] {0, layout.words() / 2, layout.words() - 1}) {
      boolean last = word == layout.words() - 1;
      long allowed = last ? lanes.lastWordValueMask() : lanes.valueMask();
      for (int bit = 0; bit < 64; bit++) {
        if ((allowed >>> bit & 1) == 0) {
          long[] words = honestWords(layout);
          words[word] |= 1L << bit;
          assertThat(new UpdateCheck(layout).refusalOf(List.of(bytes(words))))
              .as("bit %d of word %d", bit, word)
              .contains(UpdateRefusal.LANE_OUT_OF_RANGE);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("parameterCounts")
  void metricsThatContradictThePlanOrEachOtherAreRefused(int parameterCount) {
    UpdateLayout layout = layout(parameterCount, 21);
    long[] words = honestWords(layout);
    setEntry(layout, words, layout.weightEntry(), 0);
    assertRefusal(layout, words, UpdateRefusal.WEIGHT_OUT_OF_RANGE);
    setEntry(layout, words, layout.weightEntry(), MAXIMUM_WEIGHT + 1);
    assertRefusal(layout, words, UpdateRefusal.WEIGHT_OUT_OF_RANGE);

    setEntry(layout, words, layout.weightEntry(), 50);
    setEntry(layout, words, layout.correctEntry(), 50);
    assertRefusal(layout, words);
    setEntry(layout, words, layout.correctEntry(), 51);
    assertRefusal(layout, words, UpdateRefusal.CORRECT_EXCEEDS_WEIGHT);

    // Half of the maximum weight: 2047.5 levels of loss at most, which may have been rounded up.
    setEntry(layout, words, layout.correctEntry(), 0);
    setEntry(layout, words, layout.lossEntry(), 2048);
    assertRefusal(layout, words);
    setEntry(layout, words, layout.lossEntry(), 2049);
    assertRefusal(layout, words, UpdateRefusal.LOSS_EXCEEDS_WEIGHT);

    // A fifth: exactly 819 levels.
    setEntry(layout, words, layout.weightEntry(), 20);
    setEntry(layout, words, layout.lossEntry(), 820);
    assertRefusal(layout, words);
    setEntry(layout, words, layout.lossEntry(), 821);
    assertRefusal(layout, words, UpdateRefusal.LOSS_EXCEEDS_WEIGHT);

    setEntry(layout, words, layout.weightEntry(), MAXIMUM_WEIGHT);
    setEntry(layout, words, layout.lossEntry(), 4095);
    assertRefusal(layout, words);
  }

  @ParameterizedTest
  @ValueSource(ints = {-24, -8, -1, 1, 8})
  void anotherLengthIsRefused(int difference) {
    UpdateLayout layout = layout(6, 21);
    ByteString honest = bytes(honestWords(layout));
    ByteString other =
        difference < 0
            ? honest.substring(0, honest.size() + difference)
            : honest.concat(ByteString.copyFrom(new byte[difference]));
    assertThat(new UpdateCheck(layout).refusalOf(List.of(other)))
        .contains(UpdateRefusal.WRONG_LENGTH);
  }

  @Test
  void piecesThatAreNoWordsAreRefusedEvenIfTheirSumIsRight() {
    UpdateLayout layout = layout(6, 21);
    ByteString honest = bytes(honestWords(layout));
    List<ByteString> pieces = List.of(honest.substring(0, 12), honest.substring(12));
    assertThat(new UpdateCheck(layout).refusalOf(pieces)).contains(UpdateRefusal.WRONG_LENGTH);
    assertThat(new UpdateCheck(layout).refusalOf(List.of())).contains(UpdateRefusal.WRONG_LENGTH);
  }

  @Test
  void emptyPiecesChangeNothing() {
    UpdateLayout layout = layout(6, 21);
    ByteString honest = bytes(honestWords(layout));
    assertThat(
            new UpdateCheck(layout).refusalOf(List.of(ByteString.EMPTY, honest, ByteString.EMPTY)))
        .isEmpty();
  }
}
