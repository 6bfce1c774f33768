package io.covey.crypto.primitive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keystream of AES-128 in counter mode (NIST SP 800-38A, section 6.5), read as little-endian
 * words. The seed is the key followed by the first counter block, so that a table built against one
 * counter value helps against no other stream.
 *
 * <p>Distinguishing advantage: that of AES-128 as a pseudorandom permutation plus {@code q^2/2^129}
 * for {@code q} blocks of 16 bytes: below 2^-78 for the 512 MiB that rounding the largest update
 * takes.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class AesCtrRandomWords implements RandomWords {
  public static final int SEED_BYTES = 32;

  private static final int KEY_BYTES = 16;

  // The JIT compiles the cipher's inner loop by invocation count: few large calls stay interpreted
  // for seconds, calls of this size are fast from the start.
  private static final int BLOCK_WORDS = 1024;

  private static final byte[] ZEROS = new byte[BLOCK_WORDS * Long.BYTES];

  private final Cipher cipher;
  private final byte[] keystream = new byte[ZEROS.length];

  private AesCtrRandomWords(byte[] seed) {
    if (seed.length != SEED_BYTES) {
      throw new IllegalArgumentException(
          "seed of " + seed.length + " bytes, expected " + SEED_BYTES);
    }
    try {
      cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(seed, 0, KEY_BYTES, "AES"),
          new IvParameterSpec(seed, KEY_BYTES, SEED_BYTES - KEY_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks AES/CTR/NoPadding", e);
    }
  }

  /** A stream seeded by the platform's generator: what everything but a simulation uses. */
  public static AesCtrRandomWords fromSystemRandomness() {
    byte[] seed = new byte[SEED_BYTES];
    new SecureRandom().nextBytes(seed);
    try {
      return new AesCtrRandomWords(seed);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /**
   * The stream of a given seed, the same wherever it is computed.
   *
   * @param seed {@link #SEED_BYTES} bytes, not kept; no two streams may share a seed unless they
   *     are meant to be equal
   */
  public static AesCtrRandomWords fromSeed(byte[] seed) {
    return new AesCtrRandomWords(seed);
  }

  @Override
  public void fill(long[] destination) {
    for (int done = 0; done < destination.length; done += BLOCK_WORDS) {
      int words = Math.min(BLOCK_WORDS, destination.length - done);
      nextKeystream(words * Long.BYTES);
      ByteBuffer.wrap(keystream)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asLongBuffer()
          .get(destination, done, words);
    }
  }

  private void nextKeystream(int bytes) {
    try {
      cipher.update(ZEROS, 0, bytes, keystream, 0);
    } catch (ShortBufferException e) {
      throw new IllegalStateException("counter mode wrote more than it read", e);
    }
  }

  @Override
  public String toString() {
    return "AesCtrRandomWords[seed redacted]";
  }
}
