package io.covey.models.runtime;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.Subgraph;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Whether XNNPACK may run a graph. It aborts the whole process on results that nothing reads, on
 * sums over a scalar, on a variable that one graph assigns twice, and on bytes without a
 * quantization where it expects one; such a model runs without it, correct and slower.
 */
final class Acceleration {

  private static final Set<Builtin> REDUCTIONS =
      Set.of(
          Builtin.MEAN, Builtin.SUM, Builtin.REDUCE_MAX, Builtin.REDUCE_MIN, Builtin.REDUCE_PROD);

  private Acceleration() {}

  /** Whether XNNPACK is known to survive {@code graph}. */
  static boolean isSafe(ModelGraph graph) {
    return graph.subgraphs().stream()
        .noneMatch(
            subgraph ->
                hasDeadResult(subgraph)
                    || hasBareBytes(subgraph)
                    || sumsUpScalar(subgraph)
                    || assignsTwice(subgraph));
  }

  private static boolean hasDeadResult(Subgraph subgraph) {
    Set<Integer> read = new HashSet<>(subgraph.outputs());
    subgraph.operators().forEach(operator -> read.addAll(operator.inputs()));
    return subgraph.operators().stream()
        .map(GraphOperator::outputs)
        .anyMatch(outputs -> !read.containsAll(outputs));
  }

  private static boolean sumsUpScalar(Subgraph subgraph) {
    return subgraph.operators().stream()
        .filter(operator -> REDUCTIONS.contains(operator.code()))
        .anyMatch(operator -> subgraph.tensors().get(operator.inputs().get(0)).shape().isEmpty());
  }

  private static boolean assignsTwice(Subgraph subgraph) {
    Map<Integer, String> names = new HashMap<>();
    Set<String> assigned = new HashSet<>();
    for (GraphOperator operator : subgraph.operators()) {
      String name = operator.variable();
      if (operator.code() == Builtin.VAR_HANDLE && name != null) {
        names.put(operator.outputs().get(0), name);
      }
      boolean isAssignment = operator.code() == Builtin.ASSIGN_VARIABLE;
      if (isAssignment && !assigned.add(names.getOrDefault(operator.inputs().get(0), ""))) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasBareBytes(Subgraph subgraph) {
    return subgraph.tensors().stream().anyMatch(GraphTensor::isBareBytes);
  }
}
