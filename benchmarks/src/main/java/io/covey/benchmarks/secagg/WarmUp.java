package io.covey.benchmarks.secagg;

import io.covey.crypto.secagg.SecAggParameters;
import java.util.function.LongSupplier;

/**
 * Runs sessions until the JIT is done: at least {@link #LEAST_ROUNDS}, until {@link #STEADY_ROUNDS}
 * in a row have each taken no less than 97 % of the CPU time of the best before; at most {@link
 * #MOST_ROUNDS}. CPU time of this thread, so that other programs' load neither ends nor prolongs it
 * much. Large cohorts and many neighbours warm up on fewer with the same vectors, which calls
 * everything often enough.
 */
final class WarmUp {
  static final int LEAST_ROUNDS = 5;
  static final int MOST_ROUNDS = 25;

  private static final int STEADY_ROUNDS = 2;

  /** More warm nothing that these do not. */
  private static final int ENOUGH_CLIENTS = 64;

  private static final int ENOUGH_NEIGHBOURS = 30;

  private final SecAggCase bench;
  private final long seed;
  private final LongSupplier cpuNanos = CpuMeter.ofThisThread();
  private long bestNanos = Long.MAX_VALUE;

  WarmUp(SecAggCase bench, long seed) {
    this.bench = bench.clients() > ENOUGH_CLIENTS ? smaller(bench) : bench;
    this.seed = seed;
  }

  private static SecAggCase smaller(SecAggCase bench) {
    int neighbours = Math.min(bench.parameters().neighbours(), ENOUGH_NEIGHBOURS);
    int threshold = Math.min(bench.parameters().threshold(), neighbours / 2 + 1);
    return bench.withParameters(new SecAggParameters(ENOUGH_CLIENTS, neighbours, threshold));
  }

  /** Returns how many sessions it took. */
  int run() {
    BenchCohort cohort = new BenchCohort(bench, ~seed);
    InputVectors inputs = InputVectors.uniform(~seed, bench.valueBits());
    int steady = 0;
    for (int round = 1; round <= MOST_ROUNDS; round++) {
      steady = runsSteadily(new BenchSession(cohort, inputs)) ? steady + 1 : 0;
      if (steady >= STEADY_ROUNDS && round >= LEAST_ROUNDS) {
        return round;
      }
    }
    return MOST_ROUNDS;
  }

  private boolean runsSteadily(BenchSession session) {
    long begin = cpuNanos.getAsLong();
    session.run(event -> false);
    long nanos = cpuNanos.getAsLong() - begin;
    boolean steady = nanos >= bestNanos / 100 * 97;
    bestNanos = Math.min(bestNanos, nanos);
    return steady;
  }
}
