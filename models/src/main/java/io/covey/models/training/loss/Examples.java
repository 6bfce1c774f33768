package io.covey.models.training.loss;

import io.covey.models.graph.GraphTensor;
import io.covey.models.shape.Shapes;
import io.covey.models.training.emit.Emitter;
import java.util.List;

/**
 * A batch of outputs, the first dimension being the examples.
 *
 * @param valuesOfAnExample how many values each example has
 */
record Examples(int valuesOfAnExample) {

  /**
   * Of scores.
   *
   * @throws IllegalArgumentException when other sizes than the first may be chosen by each call
   */
  static Examples of(Emitter emit, int scores) {
    List<Integer> shape = emit.shape(scores);
    int values = Shapes.elements(shape.subList(1, shape.size()));
    if (values < 1) {
      throw new IllegalArgumentException(
          "outputs of shape " + shape + " have no fixed number of values for each example");
    }
    return new Examples(values);
  }

  /** As {@code [n, values]}. */
  int rows(Emitter emit, int tensor) {
    return emit.reshape(tensor, List.of(GraphTensor.ANY, valuesOfAnExample));
  }

  /** How many there are, a scalar. */
  int count(Emitter emit, int scores) {
    return emit.scale(emit.elementsOf(scores), 1f / valuesOfAnExample);
  }
}
