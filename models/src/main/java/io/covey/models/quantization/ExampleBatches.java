package io.covey.models.quantization;

import io.covey.models.data.FloatArray;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Examples as a model takes them: one at a time, or as many as it insists on.
 *
 * <p>Thread rule: any thread, as long as nobody changes the examples.
 */
final class ExampleBatches {

  private final TensorSpec input;
  private final FloatArray examples;
  private final int size;

  /**
   * Examples for an input.
   *
   * @param examples at least one; whole numbers as their values
   * @throws ModelException when there is none, or they have no values
   */
  ExampleBatches(TensorSpec input, FloatArray examples) {
    if (examples.rows() < 1 || examples.rowSize() < 1) {
      throw new ModelException(Reason.WRONG_SHAPE, "there are no examples, or they have no values");
    }
    this.input = input;
    this.examples = examples;
    this.size = input.shape().isEmpty() ? 1 : Math.max(1, input.shape().get(0));
  }

  /** How many examples the model takes at a time. */
  int size() {
    return size;
  }

  /** The values of a batch from example {@code first} on; for want of examples the last again. */
  float[] values(int first) {
    int row = examples.rowSize();
    float[] values = new float[Math.multiplyExact(size, row)];
    for (int i = 0; i < size; i++) {
      examples.copyRow(Math.min(first + i, examples.rows() - 1), values, i * row);
    }
    return values;
  }

  /**
   * Such values as the model takes them.
   *
   * @throws ModelException when they do not fit its input
   */
  Tensor tensor(float[] values) {
    List<Integer> shape = new ArrayList<>(input.shape());
    if (!shape.isEmpty()) {
      shape.set(0, size);
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, input.type().sizeBytes()))
            .order(ByteOrder.nativeOrder());
    for (float value : values) {
      switch (input.type()) {
        case FLOAT32 -> bytes.putFloat(value);
        case INT32 -> bytes.putInt((int) value);
        case INT64 -> bytes.putLong((long) value);
        case UINT8, BOOL, INT16, INT8, FLOAT64 ->
            throw new ModelException(
                Reason.WRONG_TYPE,
                "a model that takes " + input.type() + " is quantized already; give the float one");
      }
    }
    return Tensor.of(input.type(), shape, bytes.flip());
  }
}
