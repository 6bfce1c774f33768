package io.covey.crypto.primitive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AesCtrRandomWordsTest {
  /** NIST SP 800-38A, F.5.1: the key, the first counter block and the four output blocks. */
  private static final byte[] SEED =
      HexFormat.of()
          .parseHex("2b7e151628aed2a6abf7158809cf4f3c" + "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");

  private static final byte[] KEYSTREAM =
      HexFormat.of()
          .parseHex(
              "ec8cdf7398607cb0f2d21675ea9ea1e4"
                  + "362b7c3c6773516318a077d7fc5073ae"
                  + "6a2cc3787889374fbeb4c81b17ba6c44"
                  + "e89c399ff0f198c6d40a31db156cabfe");

  @Test
  void wordsAreTheStandardsKeystreamReadLittleEndian() {
    long[] words = new long[8];
    AesCtrRandomWords.fromSeed(SEED).fill(words);
    ByteBuffer expected = ByteBuffer.wrap(KEYSTREAM);
    for (long word : words) {
      assertThat(word).isEqualTo(Long.reverseBytes(expected.getLong()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1023, 1024, 1025, 2048, 5000})
  void theStreamDoesNotDependOnHowMuchIsTakenAtOnce(int wordsAtOnce) {
    long[] whole = new long[5000];
    AesCtrRandomWords.fromSeed(SEED).fill(whole);
    RandomWords stream = AesCtrRandomWords.fromSeed(SEED);
    long[] piece = new long[wordsAtOnce];
    for (int at = 0; at + wordsAtOnce <= whole.length; at += wordsAtOnce) {
      stream.fill(piece);
      for (int i = 0; i < wordsAtOnce; i++) {
        assertThat(piece[i]).as("word %d", at + i).isEqualTo(whole[at + i]);
      }
    }
  }

  @Test
  void theSeedIsCopied() {
    byte[] seed = SEED.clone();
    RandomWords stream = AesCtrRandomWords.fromSeed(seed);
    seed[0]++;
    long[] words = new long[1];
    stream.fill(words);
    assertThat(words[0]).isEqualTo(Long.reverseBytes(ByteBuffer.wrap(KEYSTREAM).getLong()));
  }

  @Test
  void streamsFromTheSystemDiffer() {
    long[] first = new long[4];
    long[] second = new long[4];
    AesCtrRandomWords.fromSystemRandomness().fill(first);
    AesCtrRandomWords.fromSystemRandomness().fill(second);
    assertThat(first).isNotEqualTo(second);
  }

  @Test
  void seedsOfAnotherLengthAreRefused() {
    assertThatThrownBy(() -> AesCtrRandomWords.fromSeed(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("seed of 31 bytes, expected 32");
  }

  @Test
  void theSeedIsNotPrinted() {
    assertThat(AesCtrRandomWords.fromSeed(SEED).toString()).contains("redacted");
  }
}
