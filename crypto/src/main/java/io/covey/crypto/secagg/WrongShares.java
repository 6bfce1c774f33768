package io.covey.crypto.secagg;

import io.covey.crypto.primitive.SecretBytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Finds wrong shares among right ones. Shares of one secret are a Reed-Solomon code word, so of s
 * shares with threshold t up to (s-t)/2 wrong ones are found for certain, wherever they are: S.
 * Gao, A New Algorithm for Decoding Reed-Solomon Codes, 2003. It takes O(s^2) products a limb.
 *
 * <p>For the coordinator, which opens the secret anyway: neither constant-time nor needed where
 * nobody lies. With more liars than that, the shares found wrong may be right ones, so who must
 * know compares the secret with a commitment.
 *
 * <p>Stateless; thread-safe.
 */
public final class WrongShares {
  private WrongShares() {}

  /**
   * Which shares do not belong to the secret that the others belong to.
   *
   * @param places of the shares, all different, each at least 1
   * @param shares of {@link Shamir#SHARE_BYTES}, in the same order, at least t
   * @return indices of wrong ones; empty if too many are wrong for any to be told
   */
  public static Optional<BitSet> among(int[] places, List<SecretBytes> shares, int threshold) {
    int size = places.length;
    if (shares.size() != size || threshold < 1 || threshold > size) {
      throw new IllegalArgumentException(
          "%d shares at %d places with a threshold of %d, expected as many of both and at least t"
              .formatted(shares.size(), size, threshold));
    }
    long[] vanishing = vanishingAt(places);
    BitSet wrong = new BitSet(size);
    for (int limb = 0; limb < Shamir.LIMBS; limb++) {
      long[] values = new long[size];
      for (int i = 0; i < size; i++) {
        values[i] = limb(shares.get(i), limb, wrong, i);
      }
      long[] word = decode(places, values, vanishing, threshold);
      if (word.length == 0) {
        return Optional.empty();
      }
      for (int i = 0; i < size; i++) {
        if (valueAt(word, places[i]) != values[i]) {
          wrong.set(i);
        }
      }
    }
    return 2 * wrong.cardinality() <= size - threshold ? Optional.of(wrong) : Optional.empty();
  }

  private static long limb(SecretBytes share, int limb, BitSet wrong, int index) {
    ByteBuffer bytes = ByteBuffer.wrap(share.reveal());
    boolean whole = bytes.remaining() == Shamir.SHARE_BYTES;
    long value = whole ? bytes.getLong(limb * Long.BYTES) : -1;
    if (value < 0 || value >= MersenneField.PRIME) {
      wrong.set(index);
      return 0;
    }
    return value;
  }

  /** Coefficients of degree t-1 and below, from the lowest; none if there are too many errors. */
  private static long[] decode(int[] places, long[] values, long[] vanishing, int threshold) {
    long[] before = vanishing;
    long[] remainder = trimmed(interpolated(places, values, vanishing));
    long[] cofactorBefore = new long[0];
    long[] cofactor = {1};
    // Euclid's algorithm, until the degree is below (s+t)/2.
    while (2 * (remainder.length - 1) >= places.length + threshold) {
      Division division = Division.of(before, remainder);
      long[] next = minus(cofactorBefore, times(division.quotient, cofactor));
      before = remainder;
      remainder = division.remainder;
      cofactorBefore = cofactor;
      cofactor = next;
    }
    Division word = Division.of(remainder, cofactor);
    boolean isWord = word.remainder.length == 0 && word.quotient.length <= threshold;
    return isWord ? Arrays.copyOf(word.quotient, threshold) : new long[0];
  }

  /** {@code prod (x - x_i)}. */
  private static long[] vanishingAt(int[] places) {
    long[] product = {1};
    for (int place : places) {
      product = times(product, new long[] {MersenneField.PRIME - place, 1});
    }
    return product;
  }

  /** Lagrange: {@code sum y_i * m_i(x) / m_i(x_i)}, where m_i is the vanishing one over x - x_i. */
  private static long[] interpolated(int[] places, long[] values, long[] vanishing) {
    long[] sum = new long[places.length];
    long[] part = new long[places.length];
    for (int i = 0; i < places.length; i++) {
      // Horner's scheme: the division leaves no remainder.
      part[places.length - 1] = 1;
      for (int degree = places.length - 1; degree > 0; degree--) {
        part[degree - 1] =
            MersenneField.add(vanishing[degree], MersenneField.multiply(part[degree], places[i]));
      }
      long scale =
          MersenneField.multiply(values[i], MersenneField.invert(valueAt(part, places[i])));
      for (int degree = 0; degree < part.length; degree++) {
        sum[degree] = MersenneField.add(sum[degree], MersenneField.multiply(scale, part[degree]));
      }
    }
    return sum;
  }

  private static long valueAt(long[] coefficients, long place) {
    long value = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      value = MersenneField.add(MersenneField.multiply(value, place), coefficients[i]);
    }
    return value;
  }

  private static long[] times(long[] a, long[] b) {
    if (a.length == 0 || b.length == 0) {
      return new long[0];
    }
    long[] product = new long[a.length + b.length - 1];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b.length; j++) {
        product[i + j] = MersenneField.add(product[i + j], MersenneField.multiply(a[i], b[j]));
      }
    }
    return product;
  }

  private static long[] minus(long[] a, long[] b) {
    long[] difference = Arrays.copyOf(a, Math.max(a.length, b.length));
    for (int i = 0; i < b.length; i++) {
      difference[i] = MersenneField.subtract(difference[i], b[i]);
    }
    return trimmed(difference);
  }

  /** Without leading zeros: the length is the degree plus one. */
  private static long[] trimmed(long[] coefficients) {
    int length = coefficients.length;
    while (length > 0 && coefficients[length - 1] == 0) {
      length--;
    }
    return Arrays.copyOf(coefficients, length);
  }

  /** Of one polynomial by another, which is not zero. */
  private static final class Division {
    final long[] quotient;
    final long[] remainder;

    private Division(long[] quotient, long[] remainder) {
      this.quotient = quotient;
      this.remainder = remainder;
    }

    static Division of(long[] dividend, long[] divisor) {
      long[] rest = dividend.clone();
      long[] quotient = new long[Math.max(dividend.length - divisor.length + 1, 0)];
      long inverse = MersenneField.invert(divisor[divisor.length - 1]);
      for (int shift = quotient.length - 1; shift >= 0; shift--) {
        long factor = MersenneField.multiply(rest[shift + divisor.length - 1], inverse);
        quotient[shift] = factor;
        for (int i = 0; i < divisor.length; i++) {
          long product = MersenneField.multiply(factor, divisor[i]);
          rest[shift + i] = MersenneField.subtract(rest[shift + i], product);
        }
      }
      return new Division(trimmed(quotient), trimmed(rest));
    }
  }
}
