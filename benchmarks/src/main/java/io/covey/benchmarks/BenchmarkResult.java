package io.covey.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * What one run of a benchmark measured.
 *
 * @param unit of score and error, such as "us/op"
 * @param score mean time of one operation
 * @param error half the width of the 99.9 % confidence interval; empty with too few measurements
 * @param parameters of the benchmark, by name
 * @param gigabytesPerSecond 10^9 bytes of packed words or of a file that pass in a second; empty
 *     where bytes say nothing
 */
record BenchmarkResult(
    String name,
    String unit,
    double score,
    OptionalDouble error,
    Map<String, String> parameters,
    OptionalDouble gigabytesPerSecond) {
  BenchmarkResult {
    parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
  }

  /** Takes what is wanted out of JMH's result of a benchmark in average-time mode. */
  static BenchmarkResult of(NamedBenchmark benchmark, RunResult run) {
    BenchmarkParams params = run.getParams();
    Map<String, String> parameters = new TreeMap<>();
    for (String key : params.getParamsKeys()) {
      parameters.put(key, params.getParam(key));
    }
    Result<?> result = run.getPrimaryResult();
    double error = result.getScoreError();
    double nanosPerOperation = result.getScore() * params.getTimeUnit().toNanos(1);
    OptionalLong bytes = benchmark.bytesPerOperation(parameters);
    return new BenchmarkResult(
        benchmark.label(),
        result.getScoreUnit(),
        result.getScore(),
        Double.isFinite(error) ? OptionalDouble.of(error) : OptionalDouble.empty(),
        parameters,
        // Bytes a nanosecond are 10^9 bytes a second.
        bytes.isPresent()
            ? OptionalDouble.of(bytes.getAsLong() / nanosPerOperation)
            : OptionalDouble.empty());
  }

  /** One JSON object; what is empty is left out. */
  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", name).put("unit", unit).put("score", score);
    error.ifPresent(value -> json.put("error", value));
    ObjectNode byName = json.putObject("parameters");
    parameters.forEach(byName::put);
    gigabytesPerSecond.ifPresent(value -> json.put("gigabytesPerSecond", value));
    return json.toString();
  }

  /** One line for people. */
  String text() {
    StringBuilder line = new StringBuilder(name).append(": ").append(decimal(score));
    error.ifPresent(value -> line.append(" +- ").append(decimal(value)));
    line.append(' ').append(unit);
    gigabytesPerSecond.ifPresent(value -> line.append(", ").append(decimal(value)).append(" GB/s"));
    parameters.forEach((key, value) -> line.append(", ").append(key).append(' ').append(value));
    return line.toString();
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.3f" : "%.1f", value);
  }
}
