package io.covey.crypto.identity;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * Names one enrolment: all certificates that it gave have this number, and revoking it revokes them
 * all. Drawn with 126 bits of randomness, so that nobody foretells it (RFC 5280, section 4.1.2.2,
 * allows 20 octets).
 *
 * @param value 16 bytes, the first from 0x40 to 0x7f: as a number it is positive and has no leading
 *     zeros
 */
public record SerialNumber(Octets value) implements Comparable<SerialNumber> {
  public static final int BYTES = 16;

  private static final int FIRST_MASK = 0x3f;
  private static final int FIRST_BIT = 0x40;

  public SerialNumber {
    value.requireLength("serial number", BYTES);
    if ((value.toBytes()[0] & ~FIRST_MASK) != FIRST_BIT) {
      throw new IllegalArgumentException(
          "serial number begins with " + value.toHex().substring(0, 2) + ", expected 40 to 7f");
    }
  }

  /** A new one. */
  public static SerialNumber draw(RandomWords random) {
    long[] words = new long[BYTES / Long.BYTES];
    random.fill(words);
    byte[] bytes = ByteBuffer.allocate(BYTES).putLong(words[0]).putLong(words[1]).array();
    bytes[0] = (byte) ((bytes[0] & FIRST_MASK) | FIRST_BIT);
    return new SerialNumber(Octets.owning(bytes));
  }

  /**
   * From 32 hex digits.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static SerialNumber ofHex(String hex) {
    return new SerialNumber(Octets.ofHex(hex));
  }

  /**
   * As certificates have it.
   *
   * @throws IllegalArgumentException for a number that is no serial number of ours
   */
  public static SerialNumber of(BigInteger number) {
    return new SerialNumber(Octets.owning(number.toByteArray()));
  }

  public BigInteger number() {
    return new BigInteger(value.toBytes());
  }

  @Override
  public int compareTo(SerialNumber other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value.toHex();
  }
}
