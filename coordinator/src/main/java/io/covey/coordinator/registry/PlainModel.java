package io.covey.coordinator.registry;

import io.covey.protocols.id.Sha256;
import java.util.Optional;

/**
 * What a plain model was uploaded with. The trainable graph that was derived from it is an artifact
 * of each version.
 *
 * @param file the plain {@code .tflite} file, in the artifact store
 * @param task what it is for
 * @param calibration samples of what the model will see; empty when there are none
 */
public record PlainModel(Sha256 file, ModelTask task, Optional<CalibrationData> calibration) {}
