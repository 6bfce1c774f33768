package io.covey.coordinator.training;

import io.covey.coordinator.registry.ModelTask;
import io.covey.models.data.DataFormat;
import java.util.Optional;

/**
 * A plain model as an operator gives it.
 *
 * @param file a {@code .tflite} as converters write them
 * @param calibration samples of what the model will see
 */
// A record for its names: two are never compared.
@SuppressWarnings("ArrayRecordComponent")
public record PlainUpload(byte[] file, ModelTask task, Optional<Samples> calibration) {

  /** A file of samples, and how they lie in it. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Samples(byte[] file, DataFormat format) {}
}
