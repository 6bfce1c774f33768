package io.covey.models.training.interpreter;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * A graph about one operator.
 *
 * @param code the operator
 * @param what what is particular about this case
 * @param example the shape of an example, and the range of its values
 * @param body writes the graph
 */
record OperatorCase(Builtin code, String what, Example example, ToIntFunction<GraphSketch> body) {

  /** The smallest and largest value of examples of a shape. */
  record Example(float low, float high, List<Integer> shape) {

    /** Copies. */
    Example {
      shape = List.copyOf(shape);
    }

    static Example of(Integer... shape) {
      return between(-2, 2, shape);
    }

    static Example between(float low, float high, Integer... shape) {
      return new Example(low, high, List.of(shape));
    }
  }

  GraphSketch sketch() {
    return new GraphSketch(GraphTensor.ANY, toString().hashCode(), example.shape())
        .range(example.low(), example.high());
  }

  int result(GraphSketch sketch) {
    return body.applyAsInt(sketch);
  }

  @Override
  public String toString() {
    return code + " " + what;
  }
}
