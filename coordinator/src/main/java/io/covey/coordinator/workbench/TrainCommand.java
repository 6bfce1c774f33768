package io.covey.coordinator.workbench;

import io.covey.models.data.DataSet;
import io.covey.models.data.Targets;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.TensorSpec;
import io.covey.models.runtime.TrainingSession;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableModel;
import io.covey.models.training.loss.Loss;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code covey model train}: trains a model on one machine. */
@Command(
    name = "train",
    description = {
      "Train a model on this machine, to try it before a fleet has it.",
      "A plain model is made trainable first, as 'covey model trainable' does."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  covey model train digits.tflite --data digits.csv --label label --scale 0.0625",
      "  covey model train model.tflite --data train.npz --optimizer adam --rate 0.001 --out"
          + " trained.tflite"
    })
final class TrainCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FILE", description = "A plain or a trainable model.")
  private Path file = Path.of("");

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "Examples: .csv, .npz with the arrays x and y.")
  private Path data = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the trainable model with the trained values.")
  private @Nullable Path out;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "10",
      description = "Passes over the examples (default 10).")
  private int epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description = "Examples in a step (default 32).")
  private int batch;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "0.05",
      description = "Learning rate (default 0.05).")
  private float rate;

  @Option(
      names = "--hold-out",
      paramLabel = "F",
      defaultValue = "0.2",
      description = "Part of the examples to measure with, not train on (default 0.2).")
  private double holdOut;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Of the order of examples (default 1).")
  private long seed;

  @Mixin private final RecipeOptions recipe = new RecipeOptions();

  @Mixin private final DataOptions dataOptions = new DataOptions();

  @Option(names = "--json", description = "Print one line of JSON at the end.")
  private boolean json;

  @Override
  public Integer call() {
    requireOptions();
    TrainableModel model = model();
    Output output = Output.of(spec, json);
    LocalRun.Result result =
        ModelFiles.explained(
            file,
            () -> {
              try (LoadedModel loaded = ModelRuntime.tensorFlowLite().load(model.write());
                  TrainingSession session = loaded.openTraining()) {
                Examples examples = examples(loaded);
                LocalRun run = new LocalRun(session, plan(loaded));
                return run.train(examples, holdOut, new Random(seed), output::progress);
              }
            });
    if (out != null) {
      ModelFiles.write(out, model.withValues(result.values()).write());
    }
    output.print(lines(result), json(result));
    return ExitCode.DONE.code();
  }

  private void requireOptions() {
    if (epochs < 1 || batch < 1) {
      throw CommandFailedException.usage(
          "--epochs %d and --batch %d".formatted(epochs, batch), "both must be at least 1");
    }
    if (!(rate > 0 && rate < Float.POSITIVE_INFINITY)) {
      throw CommandFailedException.usage("--rate is " + rate, "it must be above 0");
    }
    if (!(holdOut >= 0 && holdOut < 1)) {
      throw CommandFailedException.usage("--hold-out is " + holdOut, "it must be in 0 to below 1");
    }
  }

  private TrainableModel model() {
    ModelGraph graph = ModelFiles.graph(file);
    boolean isTrainable =
        graph.signatures().stream().anyMatch(signature -> signature.key().equals("train"));
    return ModelFiles.explained(
        file,
        () ->
            isTrainable
                ? TrainableModel.read(ModelFiles.read(file), ModelLimits.DEFAULT)
                : Differentiator.derive(graph, recipe.recipe()));
  }

  private static TensorSpec input(LoadedModel model, String name) {
    return model.signatures().stream()
        .filter(signature -> signature.name().equals("train"))
        .flatMap(signature -> signature.inputs().stream())
        .filter(spec -> spec.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                CommandFailedException.failed(
                    "the model's signature 'train' has no input '" + name + "'",
                    "derive it with 'covey model trainable'"));
  }

  private LocalRun.Plan plan(LoadedModel model) {
    int fixed = input(model, "x").shape().get(0);
    boolean isFree = fixed == TensorSpec.ANY;
    return new LocalRun.Plan(epochs, isFree ? batch : fixed, !isFree, rate);
  }

  private Examples examples(LoadedModel model) {
    DataSet set = dataOptions.read(data, /* needsLabels= */ true);
    List<Integer> row = input(model, "x").shape();
    float[] x = dataOptions.prepared(set.features(), row.subList(1, row.size()));
    if (set.targets() instanceof Targets.Classes classes) {
      int[] numbers = classes.labels().toArray();
      if (recipe.loss() == Loss.SOFTMAX_CROSS_ENTROPY) {
        return Examples.ofClasses(x, numbers);
      }
      float[] values = new float[numbers.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = numbers[i];
      }
      return Examples.ofValues(x, values, set.size());
    }
    if (set.targets() instanceof Targets.Values values) {
      return Examples.ofValues(x, values.values().toArray(), set.size());
    }
    throw CommandFailedException.usage(
        data + " has features only", "give a .csv with --label, or an .npz with x and y");
  }

  private List<String> lines(LocalRun.Result result) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "trained %d epochs on %,d examples: loss %.4f"
            .formatted(epochs, result.trainedOn(), result.lastLoss()));
    if (result.heldOut() > 0) {
      lines.add(
          "held out %,d: loss %.4f, %.1f %% correct"
              .formatted(result.heldOut(), result.heldOutLoss(), 100 * result.accuracy()));
    }
    if (out != null) {
      lines.add("wrote " + out);
    }
    return lines;
  }

  private Map<String, Object> json(LocalRun.Result result) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("epochs", epochs);
    json.put("trainedOn", result.trainedOn());
    json.put("heldOut", result.heldOut());
    json.put("losses", result.losses());
    json.put("heldOutLoss", result.heldOut() > 0 ? result.heldOutLoss() : null);
    json.put("accuracy", result.heldOut() > 0 ? result.accuracy() : null);
    json.put("out", out == null ? null : out.toString());
    return json;
  }
}
