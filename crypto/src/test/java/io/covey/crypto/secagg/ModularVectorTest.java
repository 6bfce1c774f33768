package io.covey.crypto.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModularVectorTest {
  private static final long SEED = 41_526;
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(64);

  private final Random random = new Random(SEED);

  /** Plain: byte by byte, and numbers without a bound. */
  private static BigInteger[] referenceSum(BigInteger[] sum, byte[] bytes, int wordOffset) {
    BigInteger[] result = sum.clone();
    for (int i = 0; i < bytes.length; i++) {
      BigInteger digit = BigInteger.valueOf(bytes[i] & 0xFF).shiftLeft(8 * (i % 8));
      int word = wordOffset + i / 8;
      result[word] = result[word].add(digit).mod(MODULUS);
    }
    return result;
  }

  private static BigInteger[] numbers(ModularVector vector) {
    BigInteger[] numbers = new BigInteger[vector.length()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = new BigInteger(Long.toUnsignedString(vector.word(i)));
    }
    return numbers;
  }

  private byte[] randomBytes(int words) {
    byte[] bytes = new byte[8 * words];
    random.nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest(name = "{0} words at {1} of {2}, seed " + SEED)
  @CsvSource({
    "1, 0, 1",
    "1, 6, 7",
    "0, 3, 7",
    "1023, 0, 1023",
    "1024, 0, 1024",
    "1025, 0, 1025",
    "1024, 1, 1025",
    "2049, 500, 3000",
    "5000, 0, 5000"
  })
  void addingBytesMatchesThePlainVersionAndSubtractingUndoesIt(int words, int offset, int length) {
    ModularVector vector = new ModularVector(length);
    vector.add(ByteBuffer.wrap(randomBytes(length)), 0);
    BigInteger[] before = numbers(vector);
    byte[] update = randomBytes(words);

    vector.add(ByteBuffer.wrap(update), offset);
    assertThat(numbers(vector)).isEqualTo(referenceSum(before, update, offset));

    vector.subtract(ByteBuffer.wrap(update), offset);
    assertThat(numbers(vector)).isEqualTo(before);
  }

  @Test
  void sumsWrapModuloTwoToThe64() {
    ModularVector vector = new ModularVector(2);
    vector.add(new long[] {-1, Long.MAX_VALUE});
    vector.add(new long[] {3, 1});
    assertThat(vector.word(0)).isEqualTo(2);
    assertThat(vector.word(1)).isEqualTo(Long.MIN_VALUE);
    vector.subtract(new long[] {3, 1});
    assertThat(vector.word(0)).isEqualTo(-1);
    assertThat(vector.word(1)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void buffersOfEveryKindAreReadLittleEndianFromTheirPositionAndLeftAsTheyWere() {
    byte[] bytes = randomBytes(3);
    ByteBuffer direct = ByteBuffer.allocateDirect(24).put(bytes).flip();
    ByteBuffer[] buffers = {
      ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN),
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN),
      ByteBuffer.wrap(bytes).asReadOnlyBuffer(),
      direct
    };
    for (ByteBuffer buffer : buffers) {
      buffer.position(8);
      ByteOrder order = buffer.order();
      ModularVector vector = new ModularVector(2);
      vector.add(buffer, 0);
      ByteBuffer expected = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(vector.word(0)).isEqualTo(expected.getLong(8));
      assertThat(vector.word(1)).isEqualTo(expected.getLong(16));
      assertThat(buffer.position()).isEqualTo(8);
      assertThat(buffer.order()).isEqualTo(order);
    }
  }

  @Test
  void clearedVectorsAreZero() {
    ModularVector vector = new ModularVector(3);
    vector.add(new long[] {1, 2, 3});
    vector.clear();
    assertThat(numbers(vector)).containsOnly(BigInteger.ZERO);
  }

  @ParameterizedTest
  @CsvSource({"16, 3", "32, 1", "8, 4", "8, -1", "0, 5", "40, 0", "12, 0", "7, 0"})
  void whatDoesNotFitIsRefusedAndNothingIsAdded(int bytes, int offset) {
    ModularVector vector = new ModularVector(4);
    ByteBuffer buffer = ByteBuffer.wrap(new byte[bytes]);
    for (int i = 0; i < bytes; i++) {
      buffer.put(i, (byte) 1);
    }
    assertThatThrownBy(() -> vector.add(buffer, offset))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> vector.subtract(buffer, offset))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(numbers(vector)).containsOnly(BigInteger.ZERO);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void vectorsOfAnotherLengthAreRefused(int length) {
    ModularVector vector = new ModularVector(2);
    assertThatThrownBy(() -> vector.add(new long[length]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vector of " + length + " words, expected 2");
    assertThatThrownBy(() -> vector.subtract(new long[length]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
