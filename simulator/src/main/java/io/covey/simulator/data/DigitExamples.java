package io.covey.simulator.data;

import io.covey.edgeagent.examples.ExampleStore;
import io.covey.edgeagent.examples.InMemoryExampleStore;
import java.util.List;

/** Digits as agents take them. */
public final class DigitExamples {
  private DigitExamples() {}

  /** Features from 0 to 1, in the order of {@code digits}. */
  public static ExampleStore of(List<Digit> digits) {
    return store(digits, Digit.SCALE);
  }

  /** Features as files have them, from 0 to {@value Digit#MAXIMUM_INTENSITY}. */
  public static ExampleStore raw(List<Digit> digits) {
    return store(digits, 1);
  }

  private static ExampleStore store(List<Digit> digits, float scale) {
    float[] values = new float[digits.size() * Digit.PIXELS];
    int[] labels = new int[digits.size()];
    for (int i = 0; i < labels.length; i++) {
      for (int pixel = 0; pixel < Digit.PIXELS; pixel++) {
        values[i * Digit.PIXELS + pixel] = digits.get(i).pixel(pixel) * scale;
      }
      labels[i] = digits.get(i).label();
    }
    return new InMemoryExampleStore(Digit.PIXELS, values, labels);
  }
}
