package io.covey.coordinator.workbench;

import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.Subgraph;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.Signature;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableModel;
import io.covey.models.training.TrainableVariable;
import io.covey.models.training.TrainingRecipe;
import io.covey.models.training.gradient.GradientTable;
import io.covey.protocols.launch.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code covey model inspect}: what a file holds, and what of it can train. */
@Command(
    name = "inspect",
    description = "Show a model's operators, tensors, sizes and signatures, and what can train.",
    footerHeading = "%nExample:%n",
    footer = "  covey model inspect model.tflite --tensors")
final class InspectCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FILE", description = "A .tflite file.")
  private Path file = Path.of("");

  @Option(names = "--tensors", description = "List every tensor, not only constants' total.")
  private boolean tensors;

  @Option(names = "--json", description = "Print one line of JSON, tensors included.")
  private boolean json;

  /**
   * What trains.
   *
   * @param variables the parameters, none when nothing can
   * @param refusal why nothing can, or null
   */
  private record Training(List<TrainableVariable> variables, @Nullable String refusal) {}

  @Override
  public Integer call() {
    byte[] bytes = ModelFiles.read(file);
    ModelGraph graph =
        ModelFiles.explained(file, () -> ModelGraph.read(bytes, ModelLimits.DEFAULT));
    String problem = problem(graph);
    List<Signature> signatures = problem == null ? signatures(bytes) : List.of();
    Training training = problem == null ? training(graph) : new Training(List.of(), problem);
    Output.of(spec, json)
        .print(
            lines(bytes.length, graph, signatures, training),
            json(bytes.length, graph, signatures, training));
    return ExitCode.DONE.code();
  }

  private static @Nullable String problem(ModelGraph graph) {
    try {
      graph.check(ModelLimits.DEFAULT);
      return null;
    } catch (ModelException e) {
      return e.getMessage();
    }
  }

  private static List<Signature> signatures(byte[] bytes) {
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(bytes)) {
      return model.signatures();
    } catch (ModelException e) {
      return List.of();
    }
  }

  private static Training training(ModelGraph graph) {
    try {
      TrainableModel trainable = Differentiator.derive(graph, TrainingRecipe.DEFAULT);
      return new Training(trainable.variables(), null);
    } catch (ModelException e) {
      return new Training(List.of(), e.getMessage());
    }
  }

  private List<String> lines(
      int bytes, ModelGraph graph, List<Signature> signatures, Training training) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %,d bytes, %,d of them constants, %d subgraphs"
            .formatted(file, bytes, constantBytes(graph), graph.subgraphs().size()));
    signatures.forEach(signature -> lines.add("  signature " + signature));
    for (Subgraph subgraph : graph.subgraphs()) {
      lines.add(
          "subgraph '%s': %d tensors, %d operators"
              .formatted(subgraph.name(), subgraph.tensors().size(), subgraph.operators().size()));
      for (int i = 0; i < subgraph.operators().size(); i++) {
        lines.add(line(subgraph, i));
      }
      if (tensors) {
        subgraph.tensors().forEach(tensor -> lines.add("    " + described(tensor)));
      }
    }
    lines.addAll(trainingLines(training));
    return lines;
  }

  private static List<String> trainingLines(Training training) {
    List<String> lines = new ArrayList<>();
    String refusal = training.refusal();
    if (refusal != null) {
      lines.add("cannot train as it is: " + refusal);
      return lines;
    }
    long total = training.variables().stream().mapToLong(TrainableVariable::elements).sum();
    lines.add("can train: %,d parameters".formatted(total));
    for (TrainableVariable variable : training.variables()) {
      lines.add("  %s  %s".formatted(variable.tensorName(), variable.shape()));
    }
    return lines;
  }

  private static String line(Subgraph subgraph, int index) {
    GraphOperator operator = subgraph.operators().get(index);
    String shapes =
        String.join(
            ", ",
            operator.outputs().stream().map(output -> shape(subgraph.tensor(output))).toList());
    String note = GradientTable.has(operator.code()) ? "" : "  (no gradient)";
    return "  %3d %s -> %s%s".formatted(index, operator.name(), shapes, note);
  }

  private static String described(GraphTensor tensor) {
    return "%s %s %s%s"
        .formatted(
            tensor.name(),
            tensor.type(),
            shape(tensor),
            tensor.isConstant() ? " constant, %,d bytes".formatted(tensor.constantBytes()) : "");
  }

  private static String shape(GraphTensor tensor) {
    return tensor.shape().toString().replace("-1", "?");
  }

  /** Each constant once, however many tensors share it. */
  private static long constantBytes(ModelGraph graph) {
    return graph.subgraphs().stream()
        .flatMap(subgraph -> subgraph.tensors().stream())
        .map(GraphTensor::value)
        .filter(Objects::nonNull)
        .distinct()
        .mapToLong(value -> value.sizeBytes())
        .sum();
  }

  private Map<String, Object> json(
      int bytes, ModelGraph graph, List<Signature> signatures, Training training) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", file.toString());
    json.put("bytes", bytes);
    json.put("constantBytes", constantBytes(graph));
    json.put("signatures", signatures.stream().map(Signature::toString).toList());
    json.put("subgraphs", graph.subgraphs().stream().map(InspectCommand::json).toList());
    json.put("canTrain", training.refusal() == null);
    json.put("refusal", training.refusal());
    json.put(
        "parameters",
        training.variables().stream()
            .map(variable -> Map.of("tensor", variable.tensorName(), "shape", variable.shape()))
            .toList());
    return json;
  }

  private static Map<String, Object> json(Subgraph subgraph) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", subgraph.name());
    json.put(
        "operators",
        subgraph.operators().stream()
            .map(
                operator ->
                    Map.of(
                        "name", operator.name(),
                        "version", operator.version(),
                        "hasGradient", GradientTable.has(operator.code())))
            .toList());
    json.put(
        "tensors",
        subgraph.tensors().stream()
            .map(
                tensor ->
                    Map.of(
                        "name", tensor.name(),
                        "type", tensor.type().name(),
                        "shape", tensor.shape(),
                        "constantBytes", tensor.constantBytes()))
            .toList());
    return json;
  }
}
