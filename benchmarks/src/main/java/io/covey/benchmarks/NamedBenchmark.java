package io.covey.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The benchmarks that {@code covey bench} knows by name. */
enum NamedBenchmark {
  ENCODING("encoding", UpdateBenchmarks.class, "encode", "clip, quantize and pack an update"),
  PACKING("packing", UpdateBenchmarks.class, "pack", "pack quantized entries into lanes"),
  CHECKING("checking", UpdateBenchmarks.class, "check", "check that an update keeps to its plan"),
  ACCUMULATION(
      "accumulation", UpdateBenchmarks.class, "accumulate", "add an update to a cohort's sum"),
  UNPACKING("unpacking", UpdateBenchmarks.class, "unpack", "unpack the lanes of a sum"),
  DECODING("decoding", UpdateBenchmarks.class, "decode", "turn a sum into the weighted mean"),
  PRIVATE_ENCODING(
      "private-encoding",
      PrivateUpdateBenchmarks.class,
      "encode",
      "clip, round, noise and pack an update"),
  ROTATED_ENCODING(
      "rotated-encoding",
      PrivateUpdateBenchmarks.class,
      "encodeRotated",
      "the same with a rotation"),
  MEMORY_COPY(
      "memory-copy", UpdateBenchmarks.class, "copy", "copy an update's bytes: the yardstick"),
  SEALING("sealing", EnvelopeBenchmarks.class, "seal", "encrypt and digest a model's file"),
  OPENING("opening", EnvelopeBenchmarks.class, "open", "verify, decrypt and digest a model's file"),
  WRAPPING("wrapping", EnvelopeBenchmarks.class, "wrap", "wrap a content key for one device"),
  INFERENCE("inference", InferenceBenchmarks.class, "infer", "run a model on one batch"),
  BARE_INFERENCE(
      "bare-inference",
      InferenceBenchmarks.class,
      "invoke",
      "the native runtime's part of it: the yardstick");

  private final String label;
  private final Class<?> home;
  private final String method;
  private final String description;

  NamedBenchmark(String label, Class<?> home, String method, String description) {
    this.label = label;
    this.home = home;
    this.method = method;
    this.description = description;
  }

  static Optional<NamedBenchmark> named(String label) {
    return Arrays.stream(values()).filter(benchmark -> benchmark.label.equals(label)).findFirst();
  }

  String label() {
    return label;
  }

  String description() {
    return description;
  }

  /** The parameters that can be set. */
  List<String> parameterNames() {
    if (home == PrivateUpdateBenchmarks.class) {
      return List.of(PrivateUpdateState.MODEL_PARAMETERS);
    }
    if (home == EnvelopeBenchmarks.class) {
      return this == WRAPPING ? List.of() : List.of(SealedFileState.FILE_BYTES);
    }
    return home == InferenceBenchmarks.class
        ? List.of(InferenceState.MODEL, InferenceState.BATCH)
        : List.of(UpdateState.PARAMETER_COUNT);
  }

  /** A regular expression that JMH matches with this benchmark alone. */
  String include() {
    return "^" + (home.getName() + "." + method).replace(".", "\\.") + "$";
  }

  /** Bytes that one operation passes over; empty where bytes say nothing. */
  OptionalLong bytesPerOperation(Map<String, String> parameters) {
    String file = parameters.get(SealedFileState.FILE_BYTES);
    if (file != null) {
      return OptionalLong.of(Long.parseLong(file));
    }
    String count = parameters.get(UpdateState.PARAMETER_COUNT);
    return count == null
        ? OptionalLong.empty()
        : OptionalLong.of(UpdateState.packedBytes(Integer.parseInt(count)));
  }
}
