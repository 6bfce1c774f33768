package io.covey.crypto.primitive;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable string of public bytes that is compared by value: public keys, signatures, digests,
 * ciphertexts. Ordered as unsigned bytes.
 */
public final class Octets implements Comparable<Octets> {
  private final byte[] bytes;

  private Octets(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies. */
  public static Octets copyOf(byte[] bytes) {
    return new Octets(bytes.clone());
  }

  /** Takes an array that nobody will change any more. */
  public static Octets owning(byte[] bytes) {
    return new Octets(bytes);
  }

  /** From hex digits of either case. */
  public static Octets ofHex(String hex) {
    return new Octets(HexFormat.of().parseHex(hex));
  }

  public int length() {
    return bytes.length;
  }

  /** A fresh copy. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  public String toHex() {
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * Refuses another length.
   *
   * @throws IllegalArgumentException naming what it is, its length and the expected one
   */
  public Octets requireLength(String what, int expected) {
    if (bytes.length != expected) {
      throw new IllegalArgumentException(
          what + " of " + bytes.length + " bytes, expected " + expected);
    }
    return this;
  }

  @Override
  public int compareTo(Octets other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Octets octets && Arrays.equals(bytes, octets.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return toHex();
  }
}
