package io.covey.simulator.data;

import io.covey.edgeagent.examples.ExampleStore;
import io.covey.edgeagent.examples.InMemoryExampleStore;
import java.util.List;

/** Digits as agents take them. */
public final class DigitExamples {
  private DigitExamples() {}

  /** Features from 0 to 1, in the order of {@code digits}. */
  public static ExampleStore of(List<Digit> digits) {
    float[] values = new float[digits.size() * Digit.PIXELS];
    int[] labels = new int[digits.size()];
    for (int i = 0; i < labels.length; i++) {
      System.arraycopy(digits.get(i).features(), 0, values, i * Digit.PIXELS, Digit.PIXELS);
      labels[i] = digits.get(i).label();
    }
    return new InMemoryExampleStore(Digit.PIXELS, values, labels);
  }
}
