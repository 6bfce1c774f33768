package io.covey.models.runtime;

import io.covey.models.graph.EntryPoint;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.Subgraph;
import io.covey.models.runtime.VariableUses.Use;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which of a model's variables hold a value, and from when. The native runtime does not say:
 * reading a variable that nothing wrote fails on its own kernels, and gives garbage without any
 * error under XNNPACK. Nor does it check that what is read has the shape of what was written. So
 * both are found out from the graph.
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
   *     restore}, or is read in another shape than it is written
   */
  static Variables of(ModelGraph graph) {
    List<VariableUses> uses = graph.subgraphs().stream().map(VariableUses::of).toList();
    requireOneShape(uses);
    Set<Integer> initialisers = new HashSet<>();
    Set<String> unset = new TreeSet<>();
    Set<String> restored = Set.of();
    boolean restoreInitialises = true;
    for (Map.Entry<String, Integer> entry : entries(graph).entrySet()) {
      VariableUses own = uses.get(entry.getValue());
      if (entry.getKey().equals(TrainingConvention.RESTORE)) {
        restored = own.written();
        restoreInitialises = !own.initialisers().isEmpty();
      } else {
        Set<String> missing = reached(entry.getValue(), graph, uses);
        own.initialisers().forEach(i -> missing.removeAll(uses.get(i).written()));
        unset.addAll(missing);
        initialisers.addAll(own.initialisers());
      }
    }
    boolean initialised = unset.isEmpty();
    unset.removeAll(restored);
    if (!unset.isEmpty()) {
      throw new ModelException(
          Reason.UNSUPPORTED_CONVENTION,
          "the variables "
              + unset
              + " get a value from neither an initialiser nor 'restore'; export the model with a"
              + " newer TensorFlow, or restore them too");
    }
    return new Variables(initialised, !initialisers.isEmpty() && !restoreInitialises);
  }

  private static Map<String, Integer> entries(ModelGraph graph) {
    Map<String, Integer> entries = new HashMap<>();
    for (EntryPoint signature : graph.signatures()) {
      entries.put(signature.key(), signature.subgraph());
    }
    return entries.isEmpty() ? Map.of("", 0) : entries;
  }

  private static void requireOneShape(List<VariableUses> uses) {
    Map<String, Use> first = new HashMap<>();
    for (VariableUses subgraph : uses) {
      for (Use use : subgraph.uses()) {
        Use known = first.putIfAbsent(use.variable(), use);
        if (known != null && !known.fits(use)) {
          throw new ModelException(
              Reason.DAMAGED,
              "the .tflite file is damaged: variable '"
                  + use.variable()
                  + "' has shape "
                  + known.shape()
                  + " in one place and "
                  + use.shape()
                  + " in another; export it again");
        }
      }
    }
  }

  /** The variables that the subgraph names, or those that it calls; not those of initialisers. */
  private static Set<String> reached(int start, ModelGraph graph, List<VariableUses> uses) {
    Set<String> variables = new HashSet<>();
    Set<Integer> seen = new HashSet<>();
    Set<Integer> next = Set.of(start);
    while (!next.isEmpty()) {
      Set<Integer> called = new HashSet<>();
      for (int i : next) {
        if (seen.add(i)) {
          variables.addAll(uses.get(i).named());
          Subgraph subgraph = graph.subgraphs().get(i);
          subgraph.operators().forEach(operator -> called.addAll(operator.called()));
          called.removeAll(uses.get(i).initialisers());
        }
      }
      next = called;
    }
    return variables;
  }
}
