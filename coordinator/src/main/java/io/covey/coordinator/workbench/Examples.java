package io.covey.coordinator.workbench;

import java.util.Arrays;
import java.util.Random;

/**
 * Labelled examples, ready for a model.
 *
 * <p>Thread rule: one thread.
 */
final class Examples {

  private final float[] x;
  private final int exampleSize;
  private final int[] classes;
  private final float[] values;
  private final int[] order;

  private Examples(float[] x, int[] classes, float[] values, int[] order) {
    this.x = x;
    this.classes = classes;
    this.values = values;
    this.order = order;
    this.exampleSize = x.length / Math.max(1, Math.max(classes.length, order.length));
  }

  private Examples(Examples all, int[] order) {
    this.x = all.x;
    this.exampleSize = all.exampleSize;
    this.classes = all.classes;
    this.values = all.values;
    this.order = order;
  }

  /** Examples of classes. */
  static Examples ofClasses(float[] x, int[] classes) {
    return new Examples(x, classes, new float[0], range(classes.length));
  }

  /** Examples with values, as many for each of the {@code count} examples. */
  static Examples ofValues(float[] x, float[] values, int count) {
    return new Examples(x, new int[0], values, range(count));
  }

  private static int[] range(int size) {
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    return order;
  }

  int size() {
    return order.length;
  }

  /** In a random order. */
  Examples shuffled(Random random) {
    int[] shuffled = order.clone();
    for (int i = shuffled.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = kept;
    }
    return new Examples(this, shuffled);
  }

  /** Those from {@code from} to before {@code to}. */
  Examples part(int from, int to) {
    return new Examples(this, Arrays.copyOfRange(order, from, to));
  }

  /** The features, one example after the other. */
  float[] features() {
    float[] features = new float[order.length * exampleSize];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(x, order[i] * exampleSize, features, i * exampleSize, exampleSize);
    }
    return features;
  }

  boolean haveClasses() {
    return classes.length > 0;
  }

  /** The class of each. */
  int[] classes() {
    int[] chosen = new int[order.length];
    Arrays.setAll(chosen, i -> classes[order[i]]);
    return chosen;
  }

  /** The values of each, one example after the other. */
  float[] values() {
    int each = values.length * exampleSize / Math.max(1, x.length);
    float[] chosen = new float[order.length * each];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(values, order[i] * each, chosen, i * each, each);
    }
    return chosen;
  }
}
