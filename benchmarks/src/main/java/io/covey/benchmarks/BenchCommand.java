package io.covey.benchmarks;

import io.covey.benchmarks.delivery.DeliveryCommand;
import io.covey.benchmarks.delivery.DifferenceCommand;
import io.covey.benchmarks.secagg.SecAggCommand;
import io.covey.benchmarks.start.StartCommand;
import io.covey.benchmarks.training.TrainingCommand;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.launch.ExitCode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs one benchmark: a few seconds of warm-up and measurement in a JVM of its own. */
@Command(
    name = "bench",
    description = "Run a benchmark.",
    subcommands = {
      SecAggCommand.class,
      TrainingCommand.class,
      CallCommand.class,
      DeliveryCommand.class,
      DifferenceCommand.class,
      StartCommand.class
    },
    footer = {
      "%nExamples:",
      "  covey bench --list",
      "  covey bench accumulation --json",
      "  covey bench encoding --param parameterCount=10000000",
      "  covey bench secagg --clients 128 --entries 100000",
      "  covey bench training --model model.tflite",
      "  covey bench call --model model.tflite",
      "  covey bench delivery --agents 100 --bytes 20MiB",
      "  covey bench difference version-1.tflite version-2.tflite",
      "  covey bench start",
      "  covey bench inference --param model=model.tflite --param batch=32"
    })
public final class BenchCommand implements CoveyCommand {
  private static final TimeValue ITERATION = TimeValue.milliseconds(500);

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "Which benchmark.")
  private @Nullable String name;

  @Option(names = "--list", description = "List the benchmarks and their parameters.")
  private boolean list;

  @Option(names = "--json", description = "Print one JSON object instead of a line.")
  private boolean json;

  @Option(
      names = "--param",
      paramLabel = "KEY=VALUE",
      description = "Set a parameter of the benchmark; may be repeated.")
  private Map<String, String> parameters = new LinkedHashMap<>();

  @Option(
      names = "--forks",
      paramLabel = "N",
      defaultValue = "1",
      description = "JVMs to run it in, one after the other; 0 is this one (default 1).")
  private int forks = 1;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      defaultValue = "6",
      description = "Measurements of half a second in each JVM (default 6).")
  private int iterations = 6;

  @Override
  public Integer call() {
    if (list) {
      printList();
      return ExitCode.DONE.code();
    }
    NamedBenchmark benchmark = benchmark();
    requireInRange("--forks", forks, 0, 100);
    requireInRange("--iterations", iterations, 1, 1000);
    requireKnownParameters(benchmark);
    BenchmarkResult result = BenchmarkResult.of(benchmark, run(benchmark));
    System.out.println(json ? result.json() : result.text());
    return ExitCode.DONE.code();
  }

  private static void printList() {
    for (NamedBenchmark benchmark : NamedBenchmark.values()) {
      System.out.printf(
          "%-14s %s (%s)%n",
          benchmark.label(),
          benchmark.description(),
          String.join(", ", benchmark.parameterNames()));
    }
  }

  private NamedBenchmark benchmark() {
    if (name == null) {
      throw CommandFailedException.usage("no benchmark is named", "--list shows what there is");
    }
    return NamedBenchmark.named(name)
        .orElseThrow(
            () ->
                CommandFailedException.usage(
                    "there is no benchmark '" + name + "'", "--list shows what there is"));
  }

  private void requireKnownParameters(NamedBenchmark benchmark) {
    for (String key : parameters.keySet()) {
      if (!benchmark.parameterNames().contains(key)) {
        throw CommandFailedException.usage(
            "benchmark " + benchmark.label() + " has no parameter '" + key + "'",
            "it has " + String.join(", ", benchmark.parameterNames()));
      }
    }
  }

  private RunResult run(NamedBenchmark benchmark) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(benchmark.include())
            .forks(forks)
            .warmupIterations(4)
            .warmupTime(ITERATION)
            .measurementIterations(iterations)
            .measurementTime(ITERATION)
            .shouldFailOnError(true);
    parameters.forEach(options::param);
    try {
      return new Runner(options.build(), toStandardError()).runSingle();
    } catch (RunnerException e) {
      throw CommandFailedException.failed(
              "benchmark " + benchmark.label() + " did not run: " + reason(e),
              "see that no other benchmark runs and that its parameters are right")
          .causedBy(e);
    }
  }

  /** What a benchmark and its native libraries print must not mix with the result. */
  private static OutputFormat toStandardError() {
    return OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT);
  }

  /** JMH keeps what a benchmark threw as suppressed by an exception of its own. */
  private static String reason(RunnerException failure) {
    Throwable cause = failure.getCause();
    return cause == null || cause.getSuppressed().length == 0
        ? String.valueOf(failure.getMessage())
        : String.valueOf(cause.getSuppressed()[0].getMessage());
  }

  private static void requireInRange(String option, int value, int minimum, int maximum) {
    if (value < minimum || value > maximum) {
      throw CommandFailedException.usage(
          option + " is " + value, "give " + minimum + " to " + maximum);
    }
  }
}
