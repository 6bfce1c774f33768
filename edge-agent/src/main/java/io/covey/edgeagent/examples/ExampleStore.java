package io.covey.edgeagent.examples;

/**
 * Labelled examples of one shape, by index. What an index stands for does not change while the
 * store lives. Implementations may be read by several threads.
 */
public interface ExampleStore {

  /** How many examples there are; may be 0. */
  int size();

  /** Values of one example. */
  int features();

  /** One more than the highest label; 0 without examples. */
  int classes();

  /**
   * Copies one example's values.
   *
   * @param index 0 to {@code size() - 1}
   * @param destination takes {@link #features} values from {@code offset} on
   */
  void copyFeatures(int index, float[] destination, int offset);

  /** The label of one example: 0 to {@code classes() - 1}. */
  int label(int index);
}
