package io.covey.models.runtime;

import io.covey.models.runtime.ModelGraph.GraphOperator;
import io.covey.models.runtime.ModelGraph.Subgraph;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds results that nothing reads. XNNPACK aborts the whole process on some of them, so such a
 * model runs without it: correct, and slower.
 */
final class DeadResults {

  private DeadResults() {}

  /** Whether {@code graph} computes anything that nothing reads. */
  static boolean in(ModelGraph graph) {
    return graph.subgraphs().stream().anyMatch(DeadResults::in);
  }

  private static boolean in(Subgraph subgraph) {
    Set<Integer> read = new HashSet<>(subgraph.outputs());
    subgraph.operators().forEach(operator -> read.addAll(operator.inputs()));
    return subgraph.operators().stream()
        .map(GraphOperator::outputs)
        .anyMatch(outputs -> !read.containsAll(outputs));
  }
}
