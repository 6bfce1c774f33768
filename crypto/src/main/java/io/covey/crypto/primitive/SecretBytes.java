package io.covey.crypto.primitive;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Bytes that must not leak: printed as redacted, compared in constant time, wiped when done. All
 * access to the bytes is through {@link #reveal()}, which is easy to search for.
 *
 * <p>Wiping is the best that Java allows: a collector may have moved the array before. Not safe for
 * use by several threads while it is being wiped.
 */
public final class SecretBytes implements AutoCloseable {
  private final byte[] bytes;
  private boolean wiped;

  private SecretBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies; the caller's array stays the caller's to wipe. */
  public static SecretBytes copyOf(byte[] bytes) {
    return new SecretBytes(bytes.clone());
  }

  /** Takes an array that nobody else holds or will hold. */
  public static SecretBytes owning(byte[] bytes) {
    return new SecretBytes(bytes);
  }

  /** So many bytes of {@code random}, 1 or more. */
  public static SecretBytes drawnFrom(RandomWords random, int bytes) {
    long[] words = new long[(bytes + Long.BYTES - 1) / Long.BYTES];
    random.fill(words);
    byte[] all = new byte[words.length * Long.BYTES];
    ByteBuffer.wrap(all).asLongBuffer().put(words);
    Arrays.fill(words, 0);
    byte[] drawn = Arrays.copyOf(all, bytes);
    Arrays.fill(all, (byte) 0);
    return new SecretBytes(drawn);
  }

  public int length() {
    return bytes.length;
  }

  /**
   * The bytes themselves, not a copy: neither to be changed nor to be kept.
   *
   * @throws IllegalStateException if they have been wiped
   */
  public byte[] reveal() {
    if (wiped) {
      throw new IllegalStateException("secret used after it was wiped");
    }
    return bytes;
  }

  /** The same bytes in an object with a life of its own. */
  public SecretBytes copy() {
    return copyOf(reveal());
  }

  /** Overwrites the bytes; further calls do nothing. */
  public void wipe() {
    Arrays.fill(bytes, (byte) 0);
    wiped = true;
  }

  /** Wipes. */
  @Override
  public void close() {
    wipe();
  }

  /** In time that depends on the lengths only. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SecretBytes secret && MessageDigest.isEqual(bytes, secret.bytes);
  }

  /** Equal for all secrets of one length, so that a hash table reveals nothing of them. */
  @Override
  public int hashCode() {
    return bytes.length;
  }

  @Override
  public String toString() {
    return "SecretBytes[" + bytes.length + " bytes redacted]";
  }
}
