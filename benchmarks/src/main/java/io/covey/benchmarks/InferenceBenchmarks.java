package io.covey.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** What serving costs below HTTP: one call of the native runtime, buffers and checks included. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class InferenceBenchmarks {

  /** Runs one batch. */
  @Benchmark
  public int infer(InferenceState state) {
    return state.infer();
  }

  /** The same on the native runtime alone: the yardstick. */
  @Benchmark
  public int invoke(InferenceState state) {
    return state.invoke();
  }
}
