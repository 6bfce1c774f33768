package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.SecretBytes;

/**
 * One mask as it is to be applied to a vector.
 *
 * @param seed {@link Prg#SEED_BYTES} bytes; whoever applies the mask closes the term then
 */
public record MaskTerm(Sign sign, SecretBytes seed) implements AutoCloseable {

  /** What is done with the mask's words. */
  public enum Sign {
    ADD,
    SUBTRACT;

    /**
     * The rule that makes pairwise masks cancel: who has the smaller id adds, the other subtracts.
     *
     * @throws IllegalArgumentException if both are the same
     */
    public static <I extends Comparable<? super I>> Sign of(I own, I peer) {
      int order = own.compareTo(peer);
      if (order == 0) {
        throw new IllegalArgumentException(own + " has no mask with itself");
      }
      return order < 0 ? ADD : SUBTRACT;
    }

    public Sign opposite() {
      return this == ADD ? SUBTRACT : ADD;
    }
  }

  public MaskTerm {
    if (seed.length() != Prg.SEED_BYTES) {
      throw new IllegalArgumentException(
          "mask seed of " + seed.length() + " bytes, expected " + Prg.SEED_BYTES);
    }
  }

  /** Wipes the seed. */
  @Override
  public void close() {
    seed.wipe();
  }
}
