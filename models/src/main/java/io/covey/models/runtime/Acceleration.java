package io.covey.models.runtime;

import io.covey.models.runtime.ModelGraph.GraphOperator;
import io.covey.models.runtime.ModelGraph.GraphTensor;
import io.covey.models.runtime.ModelGraph.Subgraph;
import java.util.HashSet;
import java.util.Set;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.TensorType;

/**
 * Whether XNNPACK may run a graph. It aborts the whole process on results that nothing reads, on
 * sums over a scalar, and on bytes without a quantization where it expects one; such a model runs
 * without it, correct and slower.
 */
final class Acceleration {

  private static final Set<Integer> REDUCTIONS =
      Set.of(
          BuiltinOperator.MEAN,
          BuiltinOperator.SUM,
          BuiltinOperator.REDUCE_MAX,
          BuiltinOperator.REDUCE_MIN,
          BuiltinOperator.REDUCE_PROD);

  private Acceleration() {}

  /** Whether XNNPACK is known to survive {@code graph}. */
  static boolean isSafe(ModelGraph graph) {
    return graph.subgraphs().stream()
        .noneMatch(
            subgraph ->
                hasDeadResult(subgraph) || hasBareBytes(subgraph) || sumsUpScalar(subgraph));
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

  private static boolean hasBareBytes(Subgraph subgraph) {
    return subgraph.tensors().stream().anyMatch(Acceleration::isBareBytes);
  }

  /** Whether the tensor's bytes stand for no real numbers. */
  static boolean isBareBytes(GraphTensor tensor) {
    boolean isBytes =
        tensor.schemaType() == TensorType.INT8 || tensor.schemaType() == TensorType.UINT8;
    return isBytes && tensor.quantization() == null;
  }
}
