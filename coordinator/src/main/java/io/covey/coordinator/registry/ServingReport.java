package io.covey.coordinator.registry;

import java.util.Optional;

/**
 * What came of making the file that a version of a plain model is served by.
 *
 * @param form as the model's task asks for it
 * @param released whether agents may serve it
 * @param reason why it was not released, for people; empty when it was
 * @param floatBytes of the model in float32
 * @param servedBytes of the file that is served
 * @param agreement both forms on the calibration samples; empty when the forms are the same, or
 *     there are no samples
 */
public record ServingReport(
    ServingForm form,
    boolean released,
    String reason,
    long floatBytes,
    long servedBytes,
    Optional<Agreement> agreement) {

  /**
   * How the served form answers, compared with the float one.
   *
   * @param samples how many were asked
   * @param share of the samples with the same answer, 0 to 1
   * @param floatAccuracy of the float form, 0 to 1; empty when the samples have no labels
   * @param servedAccuracy of the served form
   */
  public record Agreement(
      int samples, double share, Optional<Double> floatAccuracy, Optional<Double> servedAccuracy) {}
}
