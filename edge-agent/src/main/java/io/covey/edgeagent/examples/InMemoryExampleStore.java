package io.covey.edgeagent.examples;

import io.covey.models.data.ArrayShape;
import java.util.Arrays;

/** Examples in two arrays: values row by row, and labels or values to predict. Immutable. */
public final class InMemoryExampleStore implements ExampleStore {
  private final ArrayShape shape;
  private final float[] values;
  private final int[] labels;
  private final int targets;
  private final float[] targetValues;
  private final int size;
  private final int classes;

  /**
   * Examples with classes; copies what it is given.
   *
   * @param features values of one example, at least 1
   * @param values {@code labels.length * features} finite values, row by row
   * @param labels each at least 0
   */
  public InMemoryExampleStore(int features, float[] values, int[] labels) {
    this(ArrayShape.of(features), values, labels, 0, new float[0], labels.length);
  }

  private InMemoryExampleStore(
      ArrayShape shape, float[] values, int[] labels, int targets, float[] targetValues, int size) {
    requireRows("values", values, shape.elements(), size);
    if (Arrays.stream(labels).anyMatch(label -> label < 0)) {
      throw new IllegalArgumentException("a label is negative");
    }
    this.shape = shape;
    this.values = values.clone();
    this.labels = labels.clone();
    this.targets = targets;
    this.targetValues = targetValues.clone();
    this.size = size;
    this.classes = Arrays.stream(labels).max().orElse(-1) + 1;
  }

  /**
   * Examples with values that are to be predicted; copies what it is given.
   *
   * @param features values of one example, at least 1
   * @param values finite, row by row
   * @param targets values to predict of one example, at least 1
   * @param targetValues finite, row by row, as many rows
   */
  public static InMemoryExampleStore ofValues(
      int features, float[] values, int targets, float[] targetValues) {
    if (targets < 1 || targetValues.length % targets != 0) {
      throw new IllegalArgumentException(
          targetValues.length + " values to predict are no rows of " + targets);
    }
    int size = targetValues.length / targets;
    requireRows("values to predict", targetValues, targets, size);
    return new InMemoryExampleStore(
        ArrayShape.of(features), values, new int[0], targets, targetValues, size);
  }

  /** A store without examples: its agent serves and does not train. */
  public static InMemoryExampleStore empty() {
    return new InMemoryExampleStore(1, new float[0], new int[0]);
  }

  /**
   * The same examples, each of another shape with as many values, such as height, width and
   * channels of an image.
   */
  public InMemoryExampleStore shaped(ArrayShape other) {
    if (other.elements() != shape.elements()) {
      throw new IllegalArgumentException(
          "an example has %d values, which shape %s has not".formatted(shape.elements(), other));
    }
    return new InMemoryExampleStore(other, values, labels, targets, targetValues, size);
  }

  private static void requireRows(String what, float[] values, int length, int size) {
    if (length < 1 || values.length != (long) length * size) {
      throw new IllegalArgumentException(
          "%d %s, expected %d examples of %d".formatted(values.length, what, size, length));
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException("value " + i + " is " + values[i]);
      }
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int features() {
    return shape.elements();
  }

  @Override
  public ArrayShape shape() {
    return shape;
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public int targets() {
    return targets;
  }

  @Override
  public void copyFeatures(int index, float[] destination, int offset) {
    System.arraycopy(values, index * features(), destination, offset, features());
  }

  @Override
  public int label(int index) {
    if (targets > 0) {
      throw new IllegalStateException("the examples have values, not classes");
    }
    return labels[index];
  }

  @Override
  public void copyTargets(int index, float[] destination, int offset) {
    if (targets == 0) {
      throw new IllegalStateException("the examples have classes, not values");
    }
    System.arraycopy(targetValues, index * targets, destination, offset, targets);
  }
}
