package io.covey.models.training;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import io.covey.models.training.TrainableVariable.Use;
import io.covey.models.training.channelfirst.ConvolutionSearch;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.gradient.ForwardStep;
import io.covey.models.training.gradient.OperatorStep;
import io.covey.models.training.optimizer.VariableEmitter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the plain graph's operators into another subgraph, with variables in place of the
 * parameters. Convolutions whose filters are variables become matrix products.
 *
 * <p>Thread rule: an instance is used once, by one thread.
 */
final class ForwardPass {

  private final Emitter emit;
  private final Subgraph plain;
  private final Map<Use, Integer> substitutes = new HashMap<>();
  private final Map<TrainableVariable, Integer> values = new LinkedHashMap<>();
  private final ImageLayouts layouts;
  private final List<ForwardStep> steps = new ArrayList<>();

  private ForwardPass(
      Emitter emit, VariableEmitter reader, Subgraph plain, List<TrainableVariable> variables) {
    this.emit = emit;
    this.plain = plain;
    this.layouts = new ImageLayouts(emit, plain, steps);
    for (TrainableVariable variable : variables) {
      int value = reader.read(variable.name(), variable.shape());
      values.put(variable, value);
      variable.uses().forEach(use -> substitutes.put(use, value));
    }
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
    ForwardPass pass = new ForwardPass(emit, reader, plain, variables);
    pass.layouts.define(plain.inputs().get(0), x);
    pass.writeOperators();
    return pass;
  }

  private void writeOperators() {
    ConvolutionSearch search = new ConvolutionSearch(plain);
    for (int i = 0; i < plain.operators().size(); i++) {
      ConvolutionSearch.Found found = substitutes.containsKey(new Use(i, 1)) ? search.at(i) : null;
      if (found != null && found.isPointwise()) {
        layouts.multiply(i, found, operand(i, 1), operand(i, 2));
      } else if (found != null) {
        layouts.convolve(found, operand(i, 1), operand(i, 2));
        i += found.isPooled() ? 1 : 0;
      } else if (!layouts.keeps(i)) {
        copy(i);
      }
    }
  }

  /** The position of what an operator takes. */
  private int operand(int operator, int input) {
    Integer substitute = substitutes.get(new Use(operator, input));
    List<Integer> inputs = plain.operators().get(operator).inputs();
    if (substitute != null) {
      return substitute;
    }
    int tensor = input < inputs.size() ? inputs.get(input) : GraphOperator.LEFT_OUT;
    return tensor == GraphOperator.LEFT_OUT ? GraphOperator.LEFT_OUT : layouts.position(tensor);
  }

  private void copy(int index) {
    GraphOperator operator = plain.operators().get(index);
    List<Integer> inputs = new ArrayList<>();
    for (int i = 0;
        i < operator.inputs().size() || substitutes.containsKey(new Use(index, i));
        i++) {
      inputs.add(operand(index, i));
    }
    List<Integer> outputs = operator.outputs().stream().map(layouts::position).toList();
    GraphOperator copy =
        new GraphOperator(
            operator.code(),
            operator.customName(),
            operator.version(),
            inputs,
            outputs,
            operator.options(),
            operator.intermediates().stream().map(layouts::position).toList(),
            operator.mutatedInputs());
    emit.graph().add(copy);
    steps.add(new OperatorStep(copy, index));
  }

  /** What was written, in order. */
  List<ForwardStep> steps() {
    return List.copyOf(steps);
  }

  /** Where each variable's value stands. */
  Map<TrainableVariable, Integer> variables() {
    return values;
  }

  /** The position of what the model gives. */
  int output() {
    return layouts.position(plain.outputs().get(0));
  }

  /**
   * The scores that a loss is computed from: what the model gives, or what went into its last
   * operator where the loss undoes that.
   */
  int scores(Builtin undone) {
    int output = plain.outputs().get(0);
    for (GraphOperator operator : plain.operators()) {
      if (operator.outputs().contains(output) && operator.code() == undone && isUndone(operator)) {
        int input = operator.inputs().get(0);
        if (plain.tensor(input).type() == TensorType.FLOAT32) {
          return layouts.position(input);
        }
      }
    }
    return output();
  }

  private static boolean isUndone(GraphOperator operator) {
    return !(operator.options() instanceof OperatorOptions.Softmax softmax) || softmax.beta() == 1f;
  }
}
