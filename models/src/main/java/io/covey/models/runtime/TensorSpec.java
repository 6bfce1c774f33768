package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import java.util.List;
import java.util.Objects;

/**
 * One input or output of a signature.
 *
 * @param name its name in the signature
 * @param type its element type
 * @param shape its dimensions, outermost first; {@link #ANY} where the size is chosen by each call
 */
public record TensorSpec(String name, ElementType type, List<Integer> shape) {

  /** A dimension whose size is chosen by each call, as a rule the batch. */
  public static final int ANY = -1;

  /** Checks and copies. */
  public TensorSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    shape = List.copyOf(shape);
    for (int dimension : shape) {
      if (dimension < ANY) {
        throw new IllegalArgumentException(
            "dimension " + dimension + " of tensor '" + name + "' is negative");
      }
    }
  }

  /** Whether every dimension has a fixed size. */
  public boolean isFixed() {
    return !shape.contains(ANY);
  }

  /** Whether the first dimension, the batch, is chosen by each call. */
  public boolean takesAnyBatch() {
    return !shape.isEmpty() && shape.get(0) == ANY;
  }

  /** Whether a dimension other than the first is chosen by each call. */
  boolean hasInnerSizes() {
    return shape.lastIndexOf(ANY) > 0;
  }

  /** Elements of one example: the product of all dimensions but the first, which must be fixed. */
  long elementsOfAnExample() {
    long elements = 1;
    for (int dimension : shape.subList(Math.min(1, shape.size()), shape.size())) {
      if (dimension == ANY) {
        throw new ModelException(
            ModelException.Reason.WRONG_SHAPE,
            "tensor "
                + this
                + " has a second dimension of any size; give whole tensors with their shapes"
                + " instead");
      }
      elements = Math.multiplyExact(elements, dimension);
    }
    return elements;
  }

  /** As {@code name FLOAT32[?, 64]}. */
  @Override
  public String toString() {
    return name + " " + type + shape.toString().replace("-1", "?");
  }
}
