package io.covey.benchmarks.secagg;

import java.util.SplittableRandom;

/** Every participant's vector, made when it is wanted: never are two of them held. */
@FunctionalInterface
interface InputVectors {

  /**
   * Overwrites every element with the participant's entries; the same at each call.
   *
   * @param participant 0 to n-1
   */
  void fill(int participant, int[] entries);

  /** Uniform entries of so many bits from a seed. */
  static InputVectors uniform(long seed, int valueBits) {
    return (participant, entries) -> {
      SplittableRandom random = new SplittableRandom(seed + participant);
      for (int i = 0; i < entries.length; i++) {
        entries[i] = random.nextInt() >>> (Integer.SIZE - valueBits);
      }
    };
  }
}
