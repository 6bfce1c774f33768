package io.covey.architecture.planted.crypto.secagg;

import java.time.Instant;
import java.util.random.RandomGenerator;

/** A core as it should be; the rules must leave it alone. */
public final class PureRound {
  /** Arguments, arithmetic, and the harmless parts of System are allowed. */
  public long[] next(long[] vector, Instant now, RandomGenerator random) {
    long[] copy = new long[vector.length];
    System.arraycopy(vector, 0, copy, 0, vector.length);
    copy[0] = Math.addExact(now.toEpochMilli(), random.nextLong());
    return copy;
  }
}
