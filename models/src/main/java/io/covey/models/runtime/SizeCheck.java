package io.covey.models.runtime;

import io.covey.models.graph.EntryPoint;
import io.covey.models.graph.EntryPoint.NamedTensor;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.Subgraph;
import io.covey.models.shape.ShapeInference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Refuses sizes for which operators do not fit each other, before anything native sees the graph:
 * kernels prepare themselves, and run, with what they find.
 *
 * <p>Thread rule: any thread.
 */
final class SizeCheck {

  private final ModelGraph graph;
  private final ModelLimits limits;

  /** Of a graph that {@link ModelGraph#check} accepts. */
  SizeCheck(ModelGraph graph, ModelLimits limits) {
    this.graph = graph;
    this.limits = limits;
  }

  /**
   * Checks all graphs with inputs as the runtime first sizes them.
   *
   * @throws ModelException naming the first operator that does not fit
   */
  void checkFile() {
    for (int i = 0; i < graph.subgraphs().size(); i++) {
      Subgraph subgraph = graph.subgraphs().get(i);
      ShapeInference.check(
          graph,
          i,
          subgraph.inputs().stream().map(subgraph::tensor).map(GraphTensor::nominalShape).toList(),
          limits);
    }
  }

  /**
   * Checks a signature's graph with inputs of {@code shapes}, in the signature's order.
   *
   * @throws ModelException naming the first operator that does not fit
   */
  void check(Signature signature, List<int[]> shapes) {
    Map<String, List<Integer>> byName = new HashMap<>();
    for (int i = 0; i < shapes.size(); i++) {
      byName.put(signature.inputs().get(i).name(), Arrays.stream(shapes.get(i)).boxed().toList());
    }
    int position = 0;
    Map<Integer, List<Integer>> byTensor = new HashMap<>();
    for (EntryPoint entry : graph.signatures()) {
      if (entry.key().equals(signature.name())) {
        position = entry.subgraph();
        for (NamedTensor input : entry.inputs()) {
          byTensor.put(input.tensor(), byName.getOrDefault(input.name(), List.of()));
        }
      }
    }
    Subgraph subgraph = graph.subgraphs().get(position);
    List<List<Integer>> inputs = new ArrayList<>();
    for (int input : subgraph.inputs()) {
      String name = subgraph.tensor(input).name();
      List<Integer> unnamed = byName.getOrDefault(name, List.of());
      inputs.add(byTensor.getOrDefault(input, unnamed));
    }
    try {
      ShapeInference.check(graph, position, inputs, limits);
    } catch (ModelException e) {
      // The file's own sizes fit, so that it is the caller's that do not.
      throw new ModelException(Reason.WRONG_SHAPE, signature + ": " + e.getMessage(), e);
    }
  }
}
