package io.covey.edgeagent.selftest;

import io.covey.models.samples.ExpectedOutputs;
import io.covey.models.samples.NamedTensors;
import java.util.List;

/**
 * What came with a version to try it on.
 *
 * @param inputs one for each run, at least one
 * @param expected as many answers
 * @param tolerance as {@link ExpectedOutputs} counts it, 0 or more
 */
public record ReleasedSamples(
    List<NamedTensors> inputs, List<NamedTensors> expected, double tolerance) {
  public ReleasedSamples {
    inputs = List.copyOf(inputs);
    expected = List.copyOf(expected);
    if (inputs.isEmpty() || inputs.size() != expected.size()) {
      throw new IllegalArgumentException(
          "%d sample inputs and %d expected outputs, expected as many of both"
              .formatted(inputs.size(), expected.size()));
    }
    // Written so that NaN is refused.
    if (!(tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("tolerance " + tolerance + ", expected 0 or more");
    }
  }
}
