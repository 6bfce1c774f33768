package io.covey.crypto.primitive.bc;

import io.covey.crypto.primitive.Octets;
import java.util.Set;

/**
 * The u-coordinates of Curve25519 and of its twist whose points have an order that divides 8, so
 * that every clamped private key takes them to 0 (RFC 7748, section 6.1): 0, 1, the two of order 8,
 * p-1, and the representations p and p+1 of 0 and 1 that are not reduced. There are no others below
 * 2^255, and bit 255 is not part of a coordinate. All public, so compared in any time.
 */
final class SmallOrderPoints {
  static final Set<Octets> ALL =
      Set.of(
          Octets.ofHex("0000000000000000000000000000000000000000000000000000000000000000"),
          Octets.ofHex("0100000000000000000000000000000000000000000000000000000000000000"),
          Octets.ofHex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
          Octets.ofHex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
          Octets.ofHex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
          Octets.ofHex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
          Octets.ofHex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));

  private SmallOrderPoints() {}

  /**
   * Whether a public key is one of them.
   *
   * @param publicKey 32 bytes
   */
  static boolean contains(Octets publicKey) {
    byte[] coordinate = publicKey.toBytes();
    coordinate[coordinate.length - 1] &= 0x7f;
    return ALL.contains(Octets.owning(coordinate));
  }
}
