package io.covey.models.training;

import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import io.covey.models.training.ParameterSearch.Parameter;
import io.covey.models.training.gradient.GradientTable;
import io.covey.models.training.gradient.UnsupportedGradientException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;

/** Says what a model could be trained without, when an operator in it cannot be differentiated. */
final class Freezing {

  private final Subgraph main;
  private final List<Parameter> parameters;
  private final PlainPositions positions;

  /**
   * Of a graph without dead operators.
   *
   * @param positions where its operators stand in the file that the caller knows
   */
  Freezing(Subgraph main, List<Parameter> parameters, PlainPositions positions) {
    this.main = main;
    this.parameters = List.copyOf(parameters);
    this.positions = positions;
  }

  /**
   * The refusal of the graph, with all that is in the way.
   *
   * @param refused the use of an operator at which the backward pass stopped
   */
  ModelException explain(UnsupportedGradientException refused) {
    TreeSet<Integer> obstacles = new TreeSet<>(List.of(refused.position()));
    BitSet influenced = influenced();
    for (int i = 0; i < main.operators().size(); i++) {
      GraphOperator operator = main.operators().get(i);
      if (!GradientTable.has(operator.code())
          && operator.inputs().stream().anyMatch(t -> t >= 0 && influenced.get(t))
          && main.tensor(operator.outputs().get(0)).type() == TensorType.FLOAT32) {
        obstacles.add(i);
      }
    }
    List<String> places = new ArrayList<>();
    obstacles.forEach(i -> places.add(place(i)));
    return new ModelException(
        Reason.UNSUPPORTED_OPERATOR,
        "the model cannot be trained through "
            + String.join(", ", places)
            + ": "
            + refused.getMessage()
            + "; "
            + advice(obstacles.last()),
        refused);
  }

  private String place(int index) {
    GraphOperator operator = main.operators().get(index);
    return operator.name()
        + " (operator "
        + positions.inPlain(index)
        + ", giving '"
        + main.tensor(operator.outputs().get(0)).name()
        + "')";
  }

  private BitSet influenced() {
    BitSet influenced = new BitSet();
    BitSet owners = new BitSet();
    parameters.forEach(parameter -> parameter.uses().forEach(use -> owners.set(use.operator())));
    for (int i = 0; i < main.operators().size(); i++) {
      GraphOperator operator = main.operators().get(i);
      if (owners.get(i) || operator.inputs().stream().anyMatch(t -> t >= 0 && influenced.get(t))) {
        operator.outputs().forEach(influenced::set);
      }
    }
    return influenced;
  }

  private String advice(int lastObstacle) {
    TreeSet<Integer> layersBehind = new TreeSet<>();
    List<String> names = new ArrayList<>();
    for (Parameter parameter : parameters) {
      if (parameter.operator() > lastObstacle) {
        layersBehind.add(parameter.operator());
        names.add("'" + parameter.tensorName() + "'");
      }
    }
    return layersBehind.isEmpty()
        ? "every parameter stands before it, so that nothing could train without it; export the"
            + " model without that operator"
        : "freeze what stands before it and train only the last "
            + layersBehind.size()
            + (layersBehind.size() == 1 ? " layer" : " layers")
            + " ("
            + String.join(", ", names)
            + ")";
  }
}
