package io.covey.benchmarks.training;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.TensorSpec;
import io.covey.models.runtime.TrainingSession;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainingRecipe;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.ExitCode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Derives a plain model's trainable graph and measures its steps. */
@Command(
    name = "training",
    description = {
      "Measure training steps of a plain model, derived here, on one thread: random examples,"
          + " softmax cross entropy, plain gradient descent."
    },
    footer = {
      "%nExamples:",
      "  covey bench training --model lenet.tflite",
      "  covey bench training --model lenet.tflite --batch 20 --steps 2000 --json"
    })
public final class TrainingCommand implements Callable<Integer> {

  private static final float LEARNING_RATE = 0.01f;
  private static final long SEED = 1;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "A plain .tflite that ends in logits or SOFTMAX.")
  private Path model = Path.of("");

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "20",
      description = "Examples in a step (default 20).")
  private int batch = 20;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Steps to measure, after a fifth as many to warm up (default 1000).")
  private int steps = 1000;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  /** What was measured. */
  private record Result(StepTimes steps, double cpuMicros, int plainBytes, int trainableBytes) {}

  @Override
  public Integer call() {
    if (batch < 1 || steps < 10) {
      throw CommandFailedException.usage(
          "--batch %d and --steps %d".formatted(batch, steps),
          "they must be at least 1 and at least 10");
    }
    Result result;
    try {
      result = measure(Files.readAllBytes(model));
    } catch (IOException | ModelException e) {
      throw CommandFailedException.failed(
              model + ": " + e.getMessage(), "give a plain .tflite that can train")
          .causedBy(e);
    }
    System.out.println(json ? json(result) : text(result));
    return ExitCode.DONE.code();
  }

  private Result measure(byte[] plain) {
    ModelGraph graph = ModelGraph.readChecked(plain, ModelLimits.DEFAULT);
    byte[] trainable = Differentiator.derive(graph, TrainingRecipe.DEFAULT).write();
    try (LoadedModel loaded = ModelRuntime.tensorFlowLite().load(trainable);
        TrainingSession session = loaded.openTraining()) {
      Random random = new Random(SEED);
      float[] x = examples(loaded, random);
      int[] labels = random.ints(batch, 0, classes(loaded)).toArray();
      for (int i = 0; i < steps / 5; i++) {
        session.train(x, labels, batch, LEARNING_RATE);
      }
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long cpu = threads.getCurrentThreadCpuTime();
      long[] nanos = new long[steps];
      for (int i = 0; i < steps; i++) {
        long begin = System.nanoTime();
        session.train(x, labels, batch, LEARNING_RATE);
        nanos[i] = System.nanoTime() - begin;
      }
      double cpuMicros = (threads.getCurrentThreadCpuTime() - cpu) / 1e3 / steps;
      return new Result(new StepTimes(nanos), cpuMicros, plain.length, trainable.length);
    }
  }

  private float[] examples(LoadedModel loaded, Random random) {
    List<Integer> shape = input(loaded, "x").shape();
    int size = shape.subList(1, shape.size()).stream().reduce(batch, Math::multiplyExact);
    float[] x = new float[size];
    for (int i = 0; i < size; i++) {
      x[i] = random.nextFloat();
    }
    return x;
  }

  private static int classes(LoadedModel loaded) {
    List<Integer> shape = input(loaded, "y").shape();
    return shape.get(shape.size() - 1);
  }

  private static TensorSpec input(LoadedModel loaded, String name) {
    return loaded.signatures().stream()
        .filter(signature -> signature.name().equals("train"))
        .map(Signature::inputs)
        .flatMap(List::stream)
        .filter(spec -> spec.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String text(Result result) {
    return String.format(
        Locale.ROOT,
        "%s, batch %d, %d steps: %.0f us (fastest tenth), %.0f us (median), %.0f us of CPU;"
            + " plain %d bytes, trainable %d",
        model,
        batch,
        result.steps().count(),
        result.steps().fastestTenthMicros(),
        result.steps().medianMicros(),
        result.cpuMicros(),
        result.plainBytes(),
        result.trainableBytes());
  }

  private String json(Result result) {
    return String.format(
        Locale.ROOT,
        "{\"batch\":%d,\"steps\":%d,\"fastestTenthMicros\":%.1f,\"medianMicros\":%.1f,"
            + "\"cpuMicros\":%.1f,\"plainBytes\":%d,\"trainableBytes\":%d}",
        batch,
        result.steps().count(),
        result.steps().fastestTenthMicros(),
        result.steps().medianMicros(),
        result.cpuMicros(),
        result.plainBytes(),
        result.trainableBytes());
  }
}
