package io.covey.crypto.primitive;

/**
 * A pseudorandom generator: a seed becomes a stream that nobody without the seed can tell from
 * uniform words, and that everybody with the seed can repeat.
 */
public interface Prg {
  /** Length of a seed. */
  int SEED_BYTES = AesCtrRandomWords.SEED_BYTES;

  /**
   * The stream of a seed from its beginning.
   *
   * @param seed {@link #SEED_BYTES} uniform bytes
   */
  RandomWords expand(SecretBytes seed);

  /** AES-128 in counter mode; the seed is the key followed by the first counter block. */
  static Prg aesCtr() {
    return seed -> AesCtrRandomWords.fromSeed(seed.reveal());
  }
}
