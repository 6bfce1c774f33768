package io.covey.models.training;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import io.covey.models.training.TrainableVariable.Use;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.optimizer.VariableEmitter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The plain graph's operators in another subgraph, with variables in place of the parameters.
 *
 * @param output the position of what the model gives
 * @param operators the operators, between tensors of that subgraph
 * @param variables where each variable's value stands
 */
record ForwardPass(
    int output, List<GraphOperator> operators, Map<TrainableVariable, Integer> variables) {

  ForwardPass {
    operators = List.copyOf(operators);
    variables = new LinkedHashMap<>(variables);
  }

  /**
   * Writes it.
   *
   * @param x the position of the examples, of the plain input's shape
   */
  static ForwardPass write(
      Emitter emit,
      VariableEmitter reader,
      Subgraph plain,
      List<TrainableVariable> variables,
      int x) {
    Map<Use, Integer> substitutes = new HashMap<>();
    Map<TrainableVariable, Integer> values = new LinkedHashMap<>();
    for (TrainableVariable variable : variables) {
      int value = reader.read(variable.name(), variable.shape());
      values.put(variable, value);
      variable.uses().forEach(use -> substitutes.put(use, value));
    }
    Map<Integer, Integer> positions = new HashMap<>();
    positions.put(plain.inputs().get(0), x);
    List<GraphOperator> operators = new ArrayList<>();
    for (int i = 0; i < plain.operators().size(); i++) {
      GraphOperator operator = copy(emit, plain, i, substitutes, positions);
      emit.graph().add(operator);
      operators.add(operator);
    }
    int output = position(emit, plain, plain.outputs().get(0), positions);
    return new ForwardPass(output, operators, values);
  }

  private static GraphOperator copy(
      Emitter emit,
      Subgraph plain,
      int index,
      Map<Use, Integer> substitutes,
      Map<Integer, Integer> positions) {
    GraphOperator operator = plain.operators().get(index);
    List<Integer> inputs = new ArrayList<>();
    for (int i = 0;
        i < operator.inputs().size() || substitutes.containsKey(new Use(index, i));
        i++) {
      Integer substitute = substitutes.get(new Use(index, i));
      int input = i < operator.inputs().size() ? operator.inputs().get(i) : GraphOperator.LEFT_OUT;
      inputs.add(substitute != null ? substitute : position(emit, plain, input, positions));
    }
    List<Integer> outputs =
        operator.outputs().stream().map(t -> position(emit, plain, t, positions)).toList();
    return new GraphOperator(
        operator.code(),
        operator.customName(),
        operator.version(),
        inputs,
        outputs,
        operator.options(),
        operator.intermediates().stream().map(t -> position(emit, plain, t, positions)).toList(),
        operator.mutatedInputs());
  }

  private static int position(
      Emitter emit, Subgraph plain, int tensor, Map<Integer, Integer> positions) {
    return tensor == GraphOperator.LEFT_OUT
        ? GraphOperator.LEFT_OUT
        : positions.computeIfAbsent(tensor, t -> emit.graph().add(plain.tensor(t)));
  }

  /**
   * The scores that a loss is computed from: what the model gives, or what went into its last
   * operator where the loss undoes that.
   */
  int scores(Emitter emit, Builtin undone) {
    for (GraphOperator operator : operators) {
      if (operator.outputs().contains(output) && operator.code() == undone && isUndone(operator)) {
        int input = operator.inputs().get(0);
        if (emit.tensor(input).type() == TensorType.FLOAT32) {
          return input;
        }
      }
    }
    return output;
  }

  private static boolean isUndone(GraphOperator operator) {
    return !(operator.options() instanceof OperatorOptions.Softmax softmax) || softmax.beta() == 1f;
  }
}
