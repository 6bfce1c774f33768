package io.covey.benchmarks.secagg;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Adds up the CPU time of one party's steps. Confined to one thread, whose time it takes.
 *
 * @param <S> the party's steps
 */
final class CpuMeter<S extends Enum<S> & CostStep> {
  private final LongSupplier cpuNanos;
  private final Map<S, Long> nanosByStep;

  /**
   * A meter at zero.
   *
   * @param cpuNanos CPU time of the thread that calls, in nanoseconds from any origin
   */
  CpuMeter(Class<S> steps, LongSupplier cpuNanos) {
    this.cpuNanos = cpuNanos;
    this.nanosByStep = new EnumMap<>(steps);
  }

  /** User and system time of the current thread, as the JVM gets it from the system. */
  static LongSupplier ofThisThread() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads::getCurrentThreadCpuTime;
  }

  <T> T measure(S step, Supplier<T> work) {
    long begin = cpuNanos.getAsLong();
    T result = work.get();
    nanosByStep.merge(step, cpuNanos.getAsLong() - begin, Long::sum);
    return result;
  }

  void run(S step, Runnable work) {
    long begin = cpuNanos.getAsLong();
    work.run();
    nanosByStep.merge(step, cpuNanos.getAsLong() - begin, Long::sum);
  }

  /** Nanoseconds of each step that was measured. */
  Map<S, Long> nanosByStep() {
    return nanosByStep;
  }

  long totalNanos() {
    return nanosByStep.values().stream().mapToLong(Long::longValue).sum();
  }
}
