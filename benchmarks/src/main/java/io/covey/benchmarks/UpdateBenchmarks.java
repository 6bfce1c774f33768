package io.covey.benchmarks;

import com.google.protobuf.ByteString;
import io.covey.crypto.privacy.AggregateUpdate;
import io.covey.crypto.privacy.UnusableAggregateException;
import io.covey.crypto.privacy.UpdateRefusal;
import io.covey.crypto.secagg.LanePacking;
import io.covey.crypto.secagg.ModularVector;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** The way of an update from floats to words to the sum to floats; one call is one whole update. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class UpdateBenchmarks {

  /** Clips, quantizes and packs. */
  @Benchmark
  public ByteString encode(UpdateState state) {
    return state.encoder.encode(state.delta, state.contribution, state.random);
  }

  @Benchmark
  public int pack(UpdateState state) {
    return LanePacking.pack(
        state.layout.lanes(), state.values, state.values.length, state.otherWords);
  }

  /** Checks that a plain update keeps to its plan. */
  @Benchmark
  public Optional<UpdateRefusal> check(UpdateState state) {
    return state.check.refusalOf(List.of(state.update));
  }

  /** Adds the bytes of an update to the sum. */
  @Benchmark
  public ModularVector accumulate(UpdateState state) {
    state.sum.add(state.update.asReadOnlyByteBuffer(), 0);
    return state.sum;
  }

  @Benchmark
  public long[] unpack(UpdateState state) {
    LanePacking.unpack(state.layout.lanes(), state.words, state.words.length, state.sums);
    return state.sums;
  }

  /** Unpacks a sum and divides by the weight. */
  @Benchmark
  public AggregateUpdate decode(UpdateState state) throws UnusableAggregateException {
    return state.decoder.decode(state.sum, 1);
  }

  /** Copies as many bytes as an update has: what the memory allows at best. */
  @Benchmark
  public long[] copy(UpdateState state) {
    System.arraycopy(state.words, 0, state.otherWords, 0, state.words.length);
    return state.otherWords;
  }
}
