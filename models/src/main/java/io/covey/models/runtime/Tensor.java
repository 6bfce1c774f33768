package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * A tensor of any type: its shape and its elements in row-major order. The bytes are in the
 * machine's own order.
 *
 * <p>Thread rule: immutable.
 */
public final class Tensor {

  private final ElementType type;
  private final List<Integer> shape;
  private final ByteBuffer data;

  private Tensor(ElementType type, List<Integer> shape, ByteBuffer data) {
    this.type = type;
    this.shape = shape;
    this.data = data;
  }

  /**
   * A tensor of {@code type} from bytes in the machine's order, which are copied.
   *
   * @throws ModelException when the bytes are not as many as the shape asks for
   */
  public static Tensor of(ElementType type, List<Integer> shape, ByteBuffer bytes) {
    ByteBuffer copy = allocate(type, shape, bytes.remaining() / type.sizeBytes());
    if (copy.capacity() != bytes.remaining()) {
      throw new ModelException(
          ModelException.Reason.WRONG_SHAPE,
          bytes.remaining() + " bytes are not a whole number of " + type + " elements");
    }
    copy.put(bytes.duplicate()).flip();
    return new Tensor(type, List.copyOf(shape), copy);
  }

  /** A tensor of {@link ElementType#FLOAT32}. */
  public static Tensor ofFloats(List<Integer> shape, float... values) {
    ByteBuffer data = allocate(ElementType.FLOAT32, shape, values.length);
    data.asFloatBuffer().put(values);
    return new Tensor(ElementType.FLOAT32, List.copyOf(shape), data);
  }

  /** A tensor of {@link ElementType#INT32}. */
  public static Tensor ofInts(List<Integer> shape, int... values) {
    ByteBuffer data = allocate(ElementType.INT32, shape, values.length);
    data.asIntBuffer().put(values);
    return new Tensor(ElementType.INT32, List.copyOf(shape), data);
  }

  /** A tensor of {@link ElementType#INT64}. */
  public static Tensor ofLongs(List<Integer> shape, long... values) {
    ByteBuffer data = allocate(ElementType.INT64, shape, values.length);
    data.asLongBuffer().put(values);
    return new Tensor(ElementType.INT64, List.copyOf(shape), data);
  }

  /** The element type. */
  public ElementType type() {
    return type;
  }

  /** The dimensions, outermost first; empty for a scalar. */
  public List<Integer> shape() {
    return shape;
  }

  /** The number of elements. */
  public int elements() {
    return data.capacity() / type.sizeBytes();
  }

  /** The bytes in the machine's order, read-only. */
  public ByteBuffer bytes() {
    return data.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
  }

  /**
   * A copy of the elements.
   *
   * @throws ModelException when the type is not {@link ElementType#FLOAT32}
   */
  public float[] toFloats() {
    require(ElementType.FLOAT32);
    float[] values = new float[elements()];
    data.asFloatBuffer().get(values);
    return values;
  }

  /**
   * The element at {@code index}, row-major, as a double: exact for every type but large {@link
   * ElementType#INT64} values.
   */
  public double doubleAt(int index) {
    return switch (type) {
      case FLOAT32 -> data.getFloat(index * 4);
      case FLOAT64 -> data.getDouble(index * 8);
      case INT32, UINT8, INT64, BOOL, INT16, INT8 -> longAt(index);
    };
  }

  /**
   * The element at {@code index}, row-major, as a long; false is 0 and true 1.
   *
   * @throws ModelException when the type is a floating one
   */
  public long longAt(int index) {
    return switch (type) {
      case INT32 -> data.getInt(index * 4);
      case INT64 -> data.getLong(index * 8);
      case INT16 -> data.getShort(index * 2);
      case INT8, BOOL -> data.get(index);
      case UINT8 -> Byte.toUnsignedInt(data.get(index));
      case FLOAT32, FLOAT64 ->
          throw new ModelException(
              ModelException.Reason.WRONG_TYPE, "a tensor of type " + type + " holds no integers");
    };
  }

  private void require(ElementType expected) {
    if (type != expected) {
      throw new ModelException(
          ModelException.Reason.WRONG_TYPE, "the tensor is of type " + type + ", not " + expected);
    }
  }

  private static ByteBuffer allocate(ElementType type, List<Integer> shape, int elements) {
    Objects.requireNonNull(type, "type");
    long expected = 1;
    for (int dimension : shape) {
      if (dimension < 0) {
        throw new ModelException(
            ModelException.Reason.WRONG_SHAPE, "shape " + shape + " has a negative dimension");
      }
      // Saturates instead of overflowing: the comparison below refuses it.
      expected = Math.min(expected * dimension, Integer.MAX_VALUE);
    }
    if (expected != elements) {
      throw new ModelException(
          ModelException.Reason.WRONG_SHAPE,
          "shape " + shape + " does not hold " + elements + " elements");
    }
    return ByteBuffer.allocate(Math.multiplyExact(elements, type.sizeBytes()))
        .order(ByteOrder.nativeOrder());
  }

  /** The type and shape; never the values, which may be private. */
  @Override
  public String toString() {
    return "Tensor " + type + shape;
  }
}
