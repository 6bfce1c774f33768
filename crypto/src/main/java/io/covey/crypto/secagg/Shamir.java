package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Shamir's secret sharing (Communications of the ACM, 1979) of 32-byte secrets: any t shares give
 * the secret, t-1 say nothing about it.
 *
 * <p>The field is that of {@link MersenneField}, p = 2^61-1, in which a product takes one
 * multiplication of two words and no division, and which a constant-time program needs no branch
 * for. A secret is five limbs of up to 52 bits, each the value at 0 of a random polynomial of its
 * own of degree t-1, all of them at the same places; a share is the five values at one place. Over
 * one field of 256 bits a share would have 32 bytes instead of 40, but its arithmetic would be
 * several times slower, in big integers that are neither constant-time nor wiped. Limbs below 2^52
 * also show up most sets of shares in which one is wrong: a wrong limb is uniform in the field.
 *
 * <p>Places are public. Time and memory accesses depend on nothing else.
 *
 * <p>Stateless; thread-safe.
 */
public final class Shamir {
  public static final int SECRET_BYTES = Prg.SEED_BYTES;

  static final int LIMBS = 5;

  /** Length of a share: the values of {@value #LIMBS} polynomials, big-endian. */
  public static final int SHARE_BYTES = LIMBS * Long.BYTES;

  static final int LIMB_BITS = 52;

  private static final long LIMB_MASK = (1L << LIMB_BITS) - 1;

  private Shamir() {}

  /**
   * Makes shares for the places 1 to {@code shares}.
   *
   * @param secret {@link #SECRET_BYTES} bytes
   * @param threshold t, 1 to {@code shares}
   * @param random for the polynomials; nobody else may ever see this part of the stream
   * @return element i is the share for place i+1
   */
  public static SecretBytes[] split(
      SecretBytes secret, int threshold, int shares, RandomWords random) {
    return split(secret, threshold, IntStream.rangeClosed(1, shares).toArray(), random);
  }

  /**
   * Makes shares for given places.
   *
   * @param places different, each at least 1
   * @return element i is the share for the place of element i
   */
  public static SecretBytes[] split(
      SecretBytes secret, int threshold, int[] places, RandomWords random) {
    int shares = places.length;
    if (threshold < 1 || threshold > shares) {
      throw new IllegalArgumentException(
          "threshold of " + threshold + " for " + shares + " shares, expected 1 to " + shares);
    }
    if (Arrays.stream(places).filter(place -> place > 0).distinct().count() != shares) {
      throw new IllegalArgumentException("places are not all different and at least 1");
    }
    long[] limbs = limbsOf(secret);
    ByteBuffer[] out = new ByteBuffer[shares];
    Arrays.setAll(out, i -> ByteBuffer.allocate(SHARE_BYTES));
    long[] coefficients = new long[threshold];
    for (long limb : limbs) {
      MersenneField.fillUniform(coefficients, random);
      coefficients[0] = limb;
      for (int i = 0; i < shares; i++) {
        out[i].putLong(valueAt(places[i], coefficients));
      }
    }
    Arrays.fill(coefficients, 0);
    Arrays.fill(limbs, 0);
    SecretBytes[] result = new SecretBytes[shares];
    Arrays.setAll(result, i -> SecretBytes.owning(out[i].array()));
    return result;
  }

  private static long valueAt(long place, long[] coefficients) {
    long value = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      value = MersenneField.add(MersenneField.multiply(value, place), coefficients[i]);
    }
    return value;
  }

  private static long[] limbsOf(SecretBytes secret) {
    if (secret.length() != SECRET_BYTES) {
      throw new IllegalArgumentException(
          "secret of " + secret.length() + " bytes, expected " + SECRET_BYTES);
    }
    ByteBuffer bytes = ByteBuffer.wrap(secret.reveal());
    long[] limbs = new long[LIMBS];
    for (int i = 0; i < LIMBS; i++) {
      limbs[i] = bits(bytes, i * LIMB_BITS);
    }
    return limbs;
  }

  /**
   * Up to 52 bits from a bit offset on, the bits of each big-endian word counted from its lowest.
   */
  private static long bits(ByteBuffer bytes, int offset) {
    int word = offset / Long.SIZE;
    int shift = offset % Long.SIZE;
    long low = bytes.getLong(word * Long.BYTES) >>> shift;
    // Branches on the offset, which is public.
    boolean straddles = shift > Long.SIZE - LIMB_BITS && word < 3;
    long high = straddles ? bytes.getLong((word + 1) * Long.BYTES) << (Long.SIZE - shift) : 0;
    return (low | high) & LIMB_MASK;
  }

  /** Bits of a limb: 52, and the 48 that are left for the last. */
  static int bitsOf(int limb) {
    return Math.min(LIMB_BITS, SECRET_BYTES * Byte.SIZE - limb * LIMB_BITS);
  }

  static SecretBytes secretOf(long[] limbs) {
    ByteBuffer bytes = ByteBuffer.allocate(SECRET_BYTES);
    for (int word = 0; word < SECRET_BYTES / Long.BYTES; word++) {
      long value = 0;
      for (int i = 0; i < LIMBS; i++) {
        int shift = i * LIMB_BITS - word * Long.SIZE;
        if (shift > -LIMB_BITS && shift < Long.SIZE) {
          value |= shift >= 0 ? limbs[i] << shift : limbs[i] >>> -shift;
        }
      }
      bytes.putLong(value);
    }
    return SecretBytes.owning(bytes.array());
  }
}
