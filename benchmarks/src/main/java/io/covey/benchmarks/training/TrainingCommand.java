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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Derives a trainable model and says what a step of it costs. */
@Command(
    name = "training",
    description = {
      "Measure training: derives a trainable model from a plain classifier and takes steps of"
          + " gradient descent on one batch, on one thread. Prints time and CPU time of a step"
          + " (fastest tenth) and the loss before the first and the last."
    },
    footer = {
      "%nExamples:",
      "  covey bench training --model plain.tflite",
      "  covey bench training --model plain.tflite --batch 20 --steps 2000 --json",
      "  covey bench training --model plain.tflite --data examples.npz --rate 0.05"
    })
public final class TrainingCommand implements Callable<Integer> {
  private static final int MAXIMUM_BATCH = 65_536;
  private static final int MAXIMUM_STEPS = 10_000_000;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "A plain .tflite that gives logits or probabilities.")
  private Path model = Path.of("");

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "20",
      description = "Examples in a step (default 20).")
  private int batch;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "500",
      description = "Steps to time (default 500).")
  private int steps;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "100",
      description = "Steps before them (default 100).")
  private int warmUp;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "0.01",
      description = "Learning rate (default 0.01).")
  private float rate;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "An .npz with x and y, whose first N examples to take (default: random ones).")
  private @Nullable Path data;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Of random examples (default 1).")
  private long seed;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    requireInRange("--batch", batch, MAXIMUM_BATCH);
    requireInRange("--steps", steps, MAXIMUM_STEPS);
    requireInRange("--warm-up", warmUp, MAXIMUM_STEPS);
    // Written so that NaN is refused.
    if (!(rate > 0 && rate < Float.POSITIVE_INFINITY)) {
      throw CommandFailedException.usage("--rate is " + rate, "give a number above 0");
    }
    TrainingResult result;
    try (LoadedModel loaded = ModelRuntime.tensorFlowLite().load(trainable());
        TrainingSession session = loaded.openTraining()) {
      result = new TrainingBench(warmUp, steps, rate).run(session, examples(loaded));
    } catch (ModelException e) {
      throw CommandFailedException.failed(
              model + ": " + e.getMessage(), "give a plain classifier with float parameters")
          .causedBy(e);
    }
    System.out.println(json ? result.json() : result.text());
    return ExitCode.DONE.code();
  }

  private byte[] trainable() {
    ModelGraph plain = ModelGraph.readChecked(file(), ModelLimits.DEFAULT);
    return Differentiator.derive(plain, TrainingRecipe.DEFAULT).write();
  }

  private byte[] file() {
    try {
      return Files.readAllBytes(model);
    } catch (IOException e) {
      throw CommandFailedException.usage(
              "cannot read " + model, "give the path of a .tflite file with --model")
          .causedBy(e);
    }
  }

  private TrainingBatch examples(LoadedModel loaded) {
    Signature infer = loaded.inferenceSignature();
    int features = elementsOfAnExample(infer.inputs().get(0));
    int classes = elementsOfAnExample(infer.outputs().get(0));
    return data == null
        ? TrainingBatch.random(batch, features, classes, seed)
        : TrainingBatch.read(data, batch, features);
  }

  /** All dimensions but the first, the batch. */
  private static int elementsOfAnExample(TensorSpec tensor) {
    List<Integer> dimensions = tensor.shape().subList(1, tensor.shape().size());
    if (dimensions.contains(TensorSpec.ANY)) {
      throw CommandFailedException.failed(
          "tensor " + tensor + " leaves more than the batch open", "give a model of one size");
    }
    return dimensions.stream().reduce(1, Math::multiplyExact);
  }

  private static void requireInRange(String option, int value, int maximum) {
    if (value < 1 || value > maximum) {
      throw CommandFailedException.usage(option + " is " + value, "give 1 to " + maximum);
    }
  }
}
