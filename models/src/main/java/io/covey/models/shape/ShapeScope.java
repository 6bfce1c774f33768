package io.covey.models.shape;

import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.OperatorOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One use of an operator, as its {@link ShapeRule} sees it.
 *
 * @param operator the operator
 * @param inputs what is known of what it takes, by the input's position; none for those left out
 */
record ShapeScope(GraphOperator operator, Map<Integer, KnownTensor> inputs) {

  /** Copies. */
  ShapeScope {
    inputs = Map.copyOf(inputs);
  }

  int count() {
    return operator.inputs().size();
  }

  int results() {
    return operator.outputs().size();
  }

  <T extends OperatorOptions> T options(Class<T> kind) {
    return operator.options(kind);
  }

  /** The operator's settings, or those that stand for settings left out. */
  <T extends OperatorOptions> T optionsOr(Class<T> kind, T instead) {
    return operator.options() instanceof OperatorOptions.None ? instead : operator.options(kind);
  }

  boolean has(int input) {
    return inputs.containsKey(input);
  }

  KnownTensor input(int input) {
    KnownTensor known = inputs.get(input);
    if (known == null) {
      throw new IllegalArgumentException("its input " + input + " is left out");
    }
    return known;
  }

  List<Integer> shape(int input) {
    return input(input).shape();
  }

  int rank(int input) {
    return input(input).rank();
  }

  /** The shape of an input that has so many dimensions. */
  List<Integer> shape(int input, int rank) {
    if (rank(input) != rank) {
      throw new IllegalArgumentException(
          "its input "
              + input
              + " has the shape "
              + shape(input)
              + ", not "
              + rank
              + " dimensions");
    }
    return shape(input);
  }

  /** An input's numbers, or null when they are known only as the graph runs. */
  @Nullable List<Integer> knownNumbers(int input) {
    return input(input).numbers();
  }

  /** An input's numbers. */
  List<Integer> numbers(int input) {
    List<Integer> numbers = knownNumbers(input);
    if (numbers == null) {
      throw new IllegalArgumentException(
          "its input "
              + input
              + " does not follow from the file and the size of the batch alone, so that the shape"
              + " of what it gives is not known before it runs");
    }
    return Objects.requireNonNull(numbers);
  }

  /** An input's numbers, of which there are {@code count}. */
  List<Integer> numbers(int input, int count) {
    List<Integer> numbers = numbers(input);
    if (numbers.size() != count) {
      throw new IllegalArgumentException(
          "its input " + input + " has " + numbers.size() + " numbers, not " + count);
    }
    return numbers;
  }

  /** A dimension of an input, counted from 0. */
  int axis(int axis, int input) {
    return Shapes.dimension(axis, rank(input));
  }
}
