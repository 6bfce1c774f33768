package io.covey.models.training.interpreter;

import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.OperatorOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An operator with the values of what it takes; an input that is left out has none. */
record Call(GraphOperator operator, Map<Integer, Array64> inputs) {

  boolean has(int input) {
    return inputs.containsKey(input);
  }

  Array64 input(int input) {
    return Objects.requireNonNull(inputs.get(input), operator.name());
  }

  List<Array64> all() {
    List<Array64> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      all.add(input(i));
    }
    return all;
  }

  int[] ints(int input) {
    return input(input).toInts();
  }

  <T extends OperatorOptions> T options(Class<T> kind) {
    return operator.options(kind);
  }

  int results() {
    return operator.outputs().size();
  }

  /** A dimension that may be counted from the end. */
  static int axis(int axis, int rank) {
    return axis < 0 ? axis + rank : axis;
  }

  static int[] with(int[] values, int position, int value) {
    int[] copy = values.clone();
    copy[position] = value;
    return copy;
  }
}
