package io.covey.models.runtime;

import io.covey.models.runtime.ModelException.Reason;
import io.covey.models.runtime.ModelGraph.EntryPoint;
import io.covey.models.runtime.ModelGraph.GraphOperator;
import io.covey.models.runtime.ModelGraph.Subgraph;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.lite.schema.BuiltinOperator;

/**
 * Which of a model's variables hold a value, and from when. The native runtime does not say:
 * reading a variable that nothing wrote fails on its own kernels, and gives garbage without any
 * error under XNNPACK. So it is found out from the graph.
 *
 * @param initialised whether every signature first runs an initialiser that writes every variable
 *     it uses
 * @param restoreIsOverwritten whether the initialiser would run after {@code restore} and undo it,
 *     because {@code restore} alone does not run it first
 */
record Variables(boolean initialised, boolean restoreIsOverwritten) {

  /**
   * Finds it out.
   *
   * @throws ModelException when a variable gets no value from either the initialiser or {@code
   *     restore}
   */
  static Variables of(ModelGraph graph) {
    Set<Integer> initialisers = new HashSet<>();
    Set<String> unset = new TreeSet<>();
    Set<String> restored = Set.of();
    boolean restoreInitialises = true;
    for (EntryPoint signature : graph.signatures()) {
      Subgraph subgraph = graph.subgraphs().get(signature.subgraph());
      Set<Integer> first = initialisersOf(subgraph);
      if (signature.key().equals(TrainingConvention.RESTORE)) {
        restored = assigned(subgraph);
        restoreInitialises = !first.isEmpty();
      } else {
        Set<String> missing = used(graph, subgraph);
        first.forEach(i -> missing.removeAll(assigned(graph.subgraphs().get(i))));
        unset.addAll(missing);
        initialisers.addAll(first);
      }
    }
    if (graph.signatures().isEmpty()) {
      unset.addAll(used(graph, graph.subgraphs().get(0)));
      initialisersOf(graph.subgraphs().get(0))
          .forEach(i -> unset.removeAll(assigned(graph.subgraphs().get(i))));
    }
    boolean initialised = unset.isEmpty();
    unset.removeAll(restored);
    if (!unset.isEmpty()) {
      throw new ModelException(
          Reason.UNSUPPORTED_CONVENTION,
          "the variables "
              + unset
              + " get a value from neither an initialiser nor 'restore'; export the model with"
              + " TensorFlow 2.9 or later, or restore them too");
    }
    return new Variables(initialised, !initialisers.isEmpty() && !restoreInitialises);
  }

  /** The subgraphs that {@code subgraph} runs once before it reads any variable. */
  private static Set<Integer> initialisersOf(Subgraph subgraph) {
    Set<Integer> initialisers = new HashSet<>();
    for (GraphOperator operator : subgraph.operators()) {
      if (operator.code() == BuiltinOperator.CALL_ONCE) {
        initialisers.addAll(operator.called());
      } else if (operator.code() != BuiltinOperator.VAR_HANDLE) {
        break;
      }
    }
    return initialisers;
  }

  private static Set<String> used(ModelGraph graph, Subgraph subgraph) {
    Set<String> used = new HashSet<>();
    for (GraphOperator operator : subgraph.operators()) {
      if (operator.variable() != null) {
        used.add(operator.variable());
      }
      if (operator.code() != BuiltinOperator.CALL_ONCE) {
        operator.called().forEach(i -> used.addAll(used(graph, graph.subgraphs().get(i))));
      }
    }
    return used;
  }

  private static Set<String> assigned(Subgraph subgraph) {
    Set<Integer> targets = new HashSet<>();
    for (GraphOperator operator : subgraph.operators()) {
      if (operator.code() == BuiltinOperator.ASSIGN_VARIABLE && !operator.inputs().isEmpty()) {
        targets.add(operator.inputs().get(0));
      }
    }
    Set<String> assigned = new HashSet<>();
    for (GraphOperator operator : subgraph.operators()) {
      if (operator.variable() != null && targets.containsAll(operator.outputs())) {
        assigned.add(operator.variable());
      }
    }
    return assigned;
  }
}
