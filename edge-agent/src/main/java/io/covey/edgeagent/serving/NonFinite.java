package io.covey.edgeagent.serving;

import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.Tensor;
import java.util.Optional;

/** Finds values that are no numbers: they mean a broken model, and JSON cannot express them. */
public final class NonFinite {
  private NonFinite() {}

  /** Where the first one stands, in words; empty when there is none. */
  public static Optional<String> in(Tensor tensor) {
    if (tensor.type() != ElementType.FLOAT32 && tensor.type() != ElementType.FLOAT64) {
      return Optional.empty();
    }
    int elements = tensor.elements();
    for (int i = 0; i < elements; i++) {
      double value = tensor.doubleAt(i);
      if (!Double.isFinite(value)) {
        return Optional.of("element %d is %s".formatted(i, value));
      }
    }
    return Optional.empty();
  }
}
