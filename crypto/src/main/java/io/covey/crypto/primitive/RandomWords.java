package io.covey.crypto.primitive;

/**
 * A stream of uniform 64-bit words that nobody without its seed can tell from true randomness. Code
 * that needs randomness takes one as an argument; it never makes its own.
 *
 * <p>A stream belongs to one thread at a time.
 */
public interface RandomWords {
  /** Overwrites every element with the next words of the stream. */
  void fill(long[] destination);
}
