package io.covey.benchmarks;

import io.covey.crypto.envelope.OpeningResult;
import io.covey.crypto.envelope.SealedFile;
import io.covey.crypto.envelope.WrappedKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Encrypted models; one call is a whole file, or one device. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class EnvelopeBenchmarks {

  /** Encrypts, and takes the digests of both forms. */
  @Benchmark
  public SealedFile seal(SealedFileState state) throws IOException {
    return state.sealer.seal(state.key, state.file, state.input(), OutputStream.nullOutputStream());
  }

  /** Authenticates, decrypts, and takes the digest of the plaintext. */
  @Benchmark
  public OpeningResult.Opened open(SealedFileState state) throws IOException {
    OpeningResult result =
        state.opener.open(
            state.key,
            state.file,
            state.description,
            new ByteArrayInputStream(state.sealed),
            OutputStream.nullOutputStream());
    if (result instanceof OpeningResult.Opened opened) {
      return opened;
    }
    throw new IllegalStateException("what was sealed did not open: " + result);
  }

  /** Wraps a content key for one device. */
  @Benchmark
  public Optional<WrappedKey> wrap(WrappingState state) {
    return state.wrapping.wrap(state.key, state.binding, state.nextDevice(), state.random);
  }
}
