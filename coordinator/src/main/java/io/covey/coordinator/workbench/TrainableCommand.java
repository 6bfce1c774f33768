package io.covey.coordinator.workbench;

import io.covey.models.graph.ModelGraph;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableModel;
import io.covey.models.training.TrainableVariable;
import io.covey.protocols.launch.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code covey model trainable}: derives a trainable model. */
@Command(
    name = "trainable",
    description = {
      "Derive a trainable model from a plain one, with builtin operators only.",
      "OUT has the signatures infer, train, evaluate, parameters and restore."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  covey model trainable plain.tflite trainable.tflite",
      "  covey model trainable plain.tflite trainable.tflite --last-layers 1 --optimizer adam"
    })
final class TrainableCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "IN", description = "The plain model.")
  private Path in = Path.of("");

  @Parameters(index = "1", paramLabel = "OUT", description = "Where the trainable one goes.")
  private Path out = Path.of("");

  @Mixin private final RecipeOptions recipe = new RecipeOptions();

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    ModelGraph plain = ModelFiles.graph(in);
    TrainableModel trainable =
        ModelFiles.explained(in, () -> Differentiator.derive(plain, recipe.recipe()));
    byte[] file = trainable.write();
    ModelFiles.write(out, file);
    Output.of(spec, json).print(lines(trainable, file.length), json(trainable, file.length));
    return ExitCode.DONE.code();
  }

  private List<String> lines(TrainableModel trainable, int bytes) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %,d bytes, %,d parameters in %d variables"
            .formatted(out, bytes, trainable.size(), trainable.variables().size()));
    for (TrainableVariable variable : trainable.variables()) {
      lines.add("  %s %s  %s".formatted(variable.name(), variable.shape(), variable.tensorName()));
    }
    return lines;
  }

  private Map<String, Object> json(TrainableModel trainable, int bytes) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", out.toString());
    json.put("bytes", bytes);
    json.put("parameters", trainable.size());
    json.put("variables", trainable.variables().stream().map(TrainableCommand::json).toList());
    return json;
  }

  private static Map<String, Object> json(TrainableVariable variable) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", variable.name());
    json.put("tensor", variable.tensorName());
    json.put("shape", variable.shape());
    return json;
  }
}
