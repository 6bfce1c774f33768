package io.covey.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.benchmarks.training.StepTimes;
import io.covey.models.graph.ModelException;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.ExitCode;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what an inference call costs beside the native runtime alone, measured by turns. */
@Command(
    name = "call",
    description = {
      "Measure an inference call beside the native runtime's bare invocation, by turns on one"
          + " thread. A time is the mean of the fastest tenth of blocks of calls."
    },
    footer = {
      "%nExamples:",
      "  covey bench call",
      "  covey bench call --model model.tflite --blocks 2000 --json"
    })
public final class CallCommand implements Callable<Integer> {
  private static final int MAXIMUM_BLOCKS = 1_000_000;
  private static final int CALLS_IN_BLOCK = 50;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      defaultValue = InferenceState.DIGITS,
      description = "A plain .tflite, or digits, the demo's model (default digits).")
  private String model = InferenceState.DIGITS;

  @Option(
      names = "--blocks",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Blocks of " + CALLS_IN_BLOCK + " calls to time, of each (default 2000).")
  private int blocks;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  /** A block's calls. */
  private interface Calls {
    int run();
  }

  @Override
  public Integer call() {
    if (blocks < 1 || blocks > MAXIMUM_BLOCKS) {
      throw CommandFailedException.usage("--blocks is " + blocks, "give 1 to " + MAXIMUM_BLOCKS);
    }
    InferenceState state = new InferenceState();
    state.model = model;
    try {
      state.prepare();
      print(measured(state));
    } catch (IOException e) {
      throw CommandFailedException.usage(
              String.valueOf(e.getMessage()), "give the path of a .tflite file with --model")
          .causedBy(e);
    } catch (ModelException | IllegalStateException e) {
      throw CommandFailedException.failed(
              model + ": " + e.getMessage(), "give a plain model of one float input and output")
          .causedBy(e);
    } finally {
      state.close();
    }
    return ExitCode.DONE.code();
  }

  /** Microseconds of one call, and of one bare invocation. */
  private record Micros(double call, double bare) {}

  private Micros measured(InferenceState state) {
    StepTimes calls = new StepTimes(blocks);
    StepTimes bare = new StepTimes(blocks);
    // The first half only warms up.
    for (int i = 0; i < 2 * blocks; i++) {
      long call = nanos(state::infer);
      long invocation = nanos(state::invoke);
      if (i >= blocks) {
        calls.add(call);
        bare.add(invocation);
      }
    }
    return new Micros(
        calls.fastestTenthMicros() / CALLS_IN_BLOCK, bare.fastestTenthMicros() / CALLS_IN_BLOCK);
  }

  private static long nanos(Calls calls) {
    long begin = System.nanoTime();
    int sum = 0;
    for (int i = 0; i < CALLS_IN_BLOCK; i++) {
      sum += calls.run();
    }
    long end = System.nanoTime();
    if (sum < 0) {
      throw new IllegalStateException("a call gave " + sum + " values");
    }
    return end - begin;
  }

  private void print(Micros micros) {
    if (json) {
      System.out.println(
          new ObjectMapper()
              .createObjectNode()
              .put("model", model)
              .put("callMicros", micros.call())
              .put("bareMicros", micros.bare())
              .put("ratio", micros.call() / micros.bare()));
    } else {
      System.out.println(
          String.format(
              Locale.ROOT,
              "%s: %.3f us a call, %.3f us the native runtime alone: %.3f times",
              model,
              micros.call(),
              micros.bare(),
              micros.call() / micros.bare()));
    }
  }
}
