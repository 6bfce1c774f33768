package io.covey.benchmarks;

import com.google.protobuf.ByteString;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** What privacy costs a participant; one call is one whole update. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PrivateUpdateBenchmarks {

  /** Clips, rounds, adds noise and packs. */
  @Benchmark
  public ByteString encode(PrivateUpdateState state) {
    return state.encoder.encode(state.delta, state.contribution, state.random);
  }

  /** Rotates as well, which pads the update to a power of two. */
  @Benchmark
  public ByteString encodeRotated(PrivateUpdateState state) {
    return state.rotatingEncoder.encode(state.delta, state.contribution, state.random);
  }
}
