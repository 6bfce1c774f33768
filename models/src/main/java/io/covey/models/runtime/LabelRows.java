package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import java.nio.ByteBuffer;

/** Writes one label an example into a model's label input, whatever its form. */
final class LabelRows {

  /** Marks padding: no label at all. */
  static final int PADDING = -1;

  private LabelRows() {}

  /**
   * Fills {@code memory}: integers as they are; floats as rows with a 1 in the label's column, or
   * of zeros for {@link #PADDING}.
   *
   * @throws ModelException when there are not {@code batch} labels, or one is outside the row
   */
  static void fill(ByteBuffer memory, int[] labels, int batch, TensorSpec spec) {
    if (labels.length != batch) {
      throw new ModelException(
          Reason.WRONG_SHAPE, labels.length + " labels were given for " + batch + " examples");
    }
    int elements = memory.remaining() / spec.type().sizeBytes();
    int columns = elements / batch;
    if (spec.type() == ElementType.FLOAT32) {
      for (int row = 0; row < batch; row++) {
        requireColumn(labels[row], columns, spec);
        for (int column = 0; column < columns; column++) {
          memory.putFloat(column == labels[row] ? 1f : 0f);
        }
      }
      return;
    }
    if (columns != 1) {
      throw new ModelException(
          Reason.WRONG_SHAPE, spec + " takes " + columns + " whole numbers an example, not one");
    }
    for (int label : labels) {
      if (spec.type() == ElementType.INT64) {
        memory.putLong(label);
      } else {
        memory.putInt(label);
      }
    }
  }

  private static void requireColumn(int label, int columns, TensorSpec spec) {
    if (label < PADDING || label >= columns) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          "label " + label + " is not among the " + columns + " classes of " + spec);
    }
  }
}
