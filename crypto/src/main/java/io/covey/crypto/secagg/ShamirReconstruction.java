package io.covey.crypto.secagg;

import io.covey.crypto.primitive.SecretBytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Opens secrets from shares at certain places. Lagrange's coefficients at 0 depend on the places
 * only, so they are computed once (O(t^2) products) for all secrets that the same holders open;
 * each secret then takes 5t products.
 *
 * <p>Immutable; thread-safe.
 */
public final class ShamirReconstruction {
  private final long[] coefficients;

  /**
   * Prepares for the holders at certain places.
   *
   * @param places t different places, each at least 1, in any order
   */
  public ShamirReconstruction(int... places) {
    if (places.length < 1) {
      throw new IllegalArgumentException("0 shares, expected at least 1");
    }
    this.coefficients = new long[places.length];
    for (int i = 0; i < places.length; i++) {
      coefficients[i] = coefficient(places, i);
    }
  }

  /** {@code prod_{j != i} x_j / (x_j - x_i)}. */
  private static long coefficient(int[] places, int i) {
    if (places[i] < 1) {
      throw new IllegalArgumentException("share at place " + places[i] + ", expected at least 1");
    }
    long numerator = 1;
    long denominator = 1;
    for (int j = 0; j < places.length; j++) {
      if (j == i) {
        continue;
      }
      if (places[j] == places[i]) {
        throw new IllegalArgumentException("two shares at place " + places[i]);
      }
      numerator = MersenneField.multiply(numerator, places[j]);
      denominator =
          MersenneField.multiply(
              denominator, Math.floorMod((long) places[j] - places[i], MersenneField.PRIME));
    }
    return MersenneField.multiply(numerator, MersenneField.invert(denominator));
  }

  /** Number of shares that each secret takes. */
  public int shares() {
    return coefficients.length;
  }

  /**
   * Opens one secret.
   *
   * @param shares in the order of the places
   * @return empty if the shares belong to no secret, so that one of them at least is wrong. With
   *     one wrong share that happens but with probability 2^-48 at worst; who must know compares
   *     the secret with a commitment
   */
  public Optional<SecretBytes> open(List<SecretBytes> shares) {
    if (shares.size() != coefficients.length) {
      throw new IllegalArgumentException(
          shares.size() + " shares, expected " + coefficients.length);
    }
    long[] limbs = new long[Shamir.LIMBS];
    // Bits that are set if anything is out of range; collected, so as not to branch on a secret.
    long beyond = 0;
    for (int i = 0; i < coefficients.length; i++) {
      ByteBuffer share = ByteBuffer.wrap(shares.get(i).reveal());
      if (share.remaining() != Shamir.SHARE_BYTES) {
        return Optional.empty();
      }
      for (int limb = 0; limb < Shamir.LIMBS; limb++) {
        long value = share.getLong();
        beyond |= (value >>> MersenneField.BITS) | ((value + 1) >>> MersenneField.BITS);
        long term = MersenneField.multiply(coefficients[i], value & MersenneField.PRIME);
        limbs[limb] = MersenneField.add(limbs[limb], term);
      }
    }
    for (int limb = 0; limb < Shamir.LIMBS; limb++) {
      beyond |= limbs[limb] >>> Shamir.bitsOf(limb);
    }
    Optional<SecretBytes> secret =
        beyond == 0 ? Optional.of(Shamir.secretOf(limbs)) : Optional.empty();
    Arrays.fill(limbs, 0);
    return secret;
  }
}
