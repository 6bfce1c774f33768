package io.covey.edgeagent.examples;

import io.covey.models.data.ArrayShape;

/**
 * Examples of one shape, by index, each with a class or with values that are to be predicted. What
 * an index stands for does not change while the store lives. Implementations may be read by several
 * threads.
 */
public interface ExampleStore {

  /** How many examples there are; may be 0. */
  int size();

  /** Values of one example. */
  int features();

  /** The shape of one example, {@link #features} in all. */
  default ArrayShape shape() {
    return ArrayShape.of(features());
  }

  /** One more than the highest label; 0 without examples, and where they have values instead. */
  int classes();

  /** How many values are to be predicted of an example; 0 where examples have classes. */
  default int targets() {
    return 0;
  }

  /**
   * Copies one example's values.
   *
   * @param index 0 to {@code size() - 1}
   * @param destination takes {@link #features} values from {@code offset} on
   */
  void copyFeatures(int index, float[] destination, int offset);

  /**
   * The label of one example: 0 to {@code classes() - 1}.
   *
   * @throws IllegalStateException where examples have values instead
   */
  int label(int index);

  /**
   * Copies what is to be predicted of one example.
   *
   * @param destination takes {@link #targets} values from {@code offset} on
   * @throws IllegalStateException where examples have classes instead
   */
  default void copyTargets(int index, float[] destination, int offset) {
    throw new IllegalStateException("the examples have classes, not values");
  }
}
