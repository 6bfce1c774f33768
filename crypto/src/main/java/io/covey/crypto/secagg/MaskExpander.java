package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.RandomWords;
import java.util.Arrays;

/**
 * Puts masks onto vectors and takes them off. A mask is the stream of its seed, a word for each
 * word of the vector, added or subtracted modulo 2^64: uniform in all of Z_2^64, so that a masked
 * word is too, and nothing has a range to get wrong by one.
 *
 * <p>The stream is expanded in blocks of 8 KiB, which stay in the first-level cache between being
 * written by AES and read by the addition; the JIT also compiles the cipher after so many calls,
 * while a few large ones would stay interpreted for seconds.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class MaskExpander {
  private static final int BLOCK_WORDS = 1024;

  private final Prg prg;
  private final long[] block = new long[BLOCK_WORDS];

  /**
   * An expander with a block of its own.
   *
   * @param prg {@link Prg#aesCtr()} for everything that others must be able to repeat
   */
  public MaskExpander(Prg prg) {
    this.prg = prg;
  }

  /**
   * Adds or subtracts a whole mask.
   *
   * @param target of any length; the mask has the same
   */
  public void apply(MaskTerm term, ModularVector target) {
    RandomWords stream = prg.expand(term.seed());
    for (int at = 0; at < target.length(); at += BLOCK_WORDS) {
      int words = Math.min(BLOCK_WORDS, target.length() - at);
      stream.fill(block);
      switch (term.sign()) {
        case ADD -> target.add(block, words, at);
        case SUBTRACT -> target.subtract(block, words, at);
      }
    }
    Arrays.fill(block, 0);
  }

  /** The same, word by word: what a test compares with. */
  static void applyPlainly(MaskTerm term, long[] target, Prg prg) {
    RandomWords stream = prg.expand(term.seed());
    long[] word = new long[1];
    for (int i = 0; i < target.length; i++) {
      stream.fill(word);
      target[i] += term.sign() == MaskTerm.Sign.ADD ? word[0] : -word[0];
    }
  }
}
