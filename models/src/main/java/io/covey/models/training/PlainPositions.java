package io.covey.models.training;

import io.covey.models.graph.DeadOperators;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.Subgraph;
import io.covey.models.training.TrainableVariable.Use;
import java.util.List;

/**
 * Graphs are derived from the plain one without its dead operators, but what callers say and are
 * told is about the plain one as it is in its file.
 *
 * @param kept the plain positions of the operators that are not dead
 */
record PlainPositions(List<Integer> kept) {

  /** Copies. */
  PlainPositions {
    kept = List.copyOf(kept);
  }

  static PlainPositions of(Subgraph plain) {
    return new PlainPositions(DeadOperators.keptIn(plain));
  }

  /** The plain position of an operator that is not dead. */
  int inPlain(int operator) {
    return kept.get(operator);
  }

  /** A selection in the graph without dead operators; uses of dead ones are left out. */
  TrainableSelection withoutDead(TrainableSelection selection) {
    if (selection instanceof TrainableSelection.UsedAt used) {
      return new TrainableSelection.UsedAt(
          used.uses().stream()
              .filter(use -> kept.contains(use.operator()))
              .map(use -> new Use(kept.indexOf(use.operator()), use.input()))
              .toList());
    }
    return selection;
  }

  /** A model whose variables are used in the graph without dead operators. */
  TrainableModel inPlain(TrainableModel model) {
    List<TrainableVariable> variables = model.variables().stream().map(this::inPlain).toList();
    ModelGraph graph = model.graph();
    ModelGraph told =
        new ModelGraph(
            graph.subgraphs(),
            graph.signatures(),
            graph.description(),
            List.of(VariableList.write(variables)));
    return new TrainableModel(told, variables);
  }

  private TrainableVariable inPlain(TrainableVariable variable) {
    List<Use> uses =
        variable.uses().stream()
            .map(use -> new Use(kept.get(use.operator()), use.input()))
            .toList();
    return new TrainableVariable(variable.name(), variable.tensorName(), variable.shape(), uses);
  }
}
