package io.covey.benchmarks.secagg;

import io.covey.crypto.secagg.server.FailureReason;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.crypto.secagg.server.ServerPhase;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Measures one case: warms up, runs sessions, and looks at the coordinator's heap.
 *
 * <p>Heap: twice, when it holds most, all participants are let go of and the heap is collected;
 * then the coordinator's session is let go of too, and the heap collected again. The difference is
 * what the coordinator held: once with every sealed share, the first masked vector and the sum, and
 * once with every unmasking share, the opened seeds, the last vector and the sum. The directory of
 * identities outlives a session and does not count.
 */
final class SecAggBench {
  private final SecAggCase bench;
  private final long seed;
  private final InputVectors inputs;
  private final HeapMeter heap = new HeapMeter();
  private final LongSupplier threadNanos = CpuMeter.ofThisThread();
  private final LongSupplier processNanos = processCpuNanos();

  /** A session that opened no sum. */
  static final class NoSumException extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureReason reason;

    NoSumException(FailureReason reason) {
      super("no sum opened: " + reason);
      this.reason = reason;
    }

    FailureReason reason() {
      return reason;
    }
  }

  SecAggBench(SecAggCase bench, long seed, InputVectors inputs) {
    this.bench = bench;
    this.seed = seed;
    this.inputs = inputs;
  }

  /**
   * Does it all.
   *
   * @param rounds sessions to measure, at least 1
   * @throws NoSumException if chance dropped too many of somebody's neighbours
   */
  SecAggResult run(int rounds) throws NoSumException {
    int warmUpRounds = new WarmUp(bench, seed).run();
    BenchCohort cohort = new BenchCohort(bench, seed);
    Costs costs = new Costs(rounds);
    long peak = heldWithSealedShares(cohort);
    for (int round = 1; round < rounds; round++) {
      BenchSession session = new BenchSession(cohort, inputs);
      costs.add(session, included(session, costs, event -> false), inputs);
    }
    peak = Math.max(peak, heldWithOpenedSeeds(cohort, costs));
    return costs.result(bench, peak, seed, warmUpRounds);
  }

  /** Runs a session to its end; returns the numbers of those whose entries are in the sum. */
  private List<Integer> included(
      BenchSession session, Costs costs, Predicate<ServerEvent> beforehand) throws NoSumException {
    long threadBegin = threadNanos.getAsLong();
    long processBegin = processNanos.getAsLong();
    ServerPhase end = session.run(beforehand);
    long process = processNanos.getAsLong() - processBegin;
    costs.addOthers(process - (threadNanos.getAsLong() - threadBegin));
    return requireCompleted(end);
  }

  /** Numbers of those whose entries are in the sum. */
  private static List<Integer> requireCompleted(ServerPhase end) throws NoSumException {
    if (end instanceof ServerPhase.Completed completed) {
      return completed.survivors().stream().map(BenchCohort::numberOf).toList();
    }
    throw new NoSumException(
        end instanceof ServerPhase.Failed failed ? failed.reason() : FailureReason.CANCELLED);
  }

  /** Of a session that goes no further. */
  private long heldWithSealedShares(BenchCohort cohort) {
    // In a list, so that nothing but the list holds it, and no variable that is still in scope.
    List<BenchSession> held = new ArrayList<>();
    held.add(new BenchSession(cohort, inputs));
    held.get(0).run(event -> event instanceof ServerEvent.InputReceived);
    held.get(0).participants().release();
    long with = heap.liveBytes();
    List<BenchParticipant> costsOnly = held.get(0).participants().all();
    held.clear();
    return with - heap.liveBytesBesides(costsOnly);
  }

  /** Of the last session that is measured, when no participant has anything more to do. */
  private long heldWithOpenedSeeds(BenchCohort cohort, Costs costs) throws NoSumException {
    List<BenchSession> held = new ArrayList<>();
    held.add(new BenchSession(cohort, inputs));
    long[] with = new long[1];
    Predicate<ServerEvent> measuring =
        event -> {
          if (event instanceof ServerEvent.SecretsOpened) {
            long begin = processNanos.getAsLong();
            held.get(0).participants().release();
            with[0] = heap.liveBytes();
            costs.addOthers(begin - processNanos.getAsLong());
          }
          return false;
        };
    costs.add(held.get(0), included(held.get(0), costs, measuring), inputs);
    List<BenchParticipant> costsOnly = held.get(0).participants().all();
    held.clear();
    return with[0] - heap.liveBytesBesides(costsOnly);
  }

  private static LongSupplier processCpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system::getProcessCpuTime
        : CpuMeter.ofThisThread();
  }
}
