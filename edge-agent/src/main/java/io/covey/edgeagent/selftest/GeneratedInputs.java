package io.covey.edgeagent.selftest;

import io.covey.models.runtime.Signature;
import io.covey.models.samples.DrawnInputs;
import io.covey.models.samples.DrawnInputs.Range;
import io.covey.models.samples.NamedTensors;
import java.util.List;

/**
 * Inputs for a version that brings none: one example of zeros, and one of numbers that are the same
 * in every test.
 */
final class GeneratedInputs {
  /** A model that wants more for a single example is not one for a device. */
  private static final long MAXIMUM_INPUT_BYTES = 256L << 20;

  private GeneratedInputs() {}

  /**
   * Two samples for {@code signature}; every dimension that is left open is 1.
   *
   * @throws io.covey.models.graph.ModelException when an input takes more than 256 MiB
   */
  static List<NamedTensors> of(Signature signature) {
    DrawnInputs inputs = new DrawnInputs(signature, Range.UNIT, MAXIMUM_INPUT_BYTES);
    return List.of(inputs.zeros(), inputs.drawn(0));
  }
}
