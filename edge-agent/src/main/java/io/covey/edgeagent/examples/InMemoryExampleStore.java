package io.covey.edgeagent.examples;

import java.util.Arrays;

/** Examples in two arrays: values row by row, and labels. Immutable. */
public final class InMemoryExampleStore implements ExampleStore {
  private final int features;
  private final int classes;
  private final float[] values;
  private final int[] labels;

  /**
   * Copies what it is given.
   *
   * @param features values of one example, at least 1
   * @param values {@code labels.length * features} finite values, row by row
   * @param labels each at least 0
   */
  public InMemoryExampleStore(int features, float[] values, int[] labels) {
    if (features < 1 || values.length != (long) features * labels.length) {
      throw new IllegalArgumentException(
          "%d values, expected %d examples of %d"
              .formatted(values.length, labels.length, features));
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException("value " + i + " is " + values[i]);
      }
    }
    if (Arrays.stream(labels).anyMatch(label -> label < 0)) {
      throw new IllegalArgumentException("a label is negative");
    }
    this.features = features;
    this.values = values.clone();
    this.labels = labels.clone();
    this.classes = Arrays.stream(labels).max().orElse(-1) + 1;
  }

  /** A store without examples: its agent serves and does not train. */
  public static InMemoryExampleStore empty() {
    return new InMemoryExampleStore(1, new float[0], new int[0]);
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public int features() {
    return features;
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public void copyFeatures(int index, float[] destination, int offset) {
    System.arraycopy(values, index * features, destination, offset, features);
  }

  @Override
  public int label(int index) {
    return labels[index];
  }
}
