package io.covey.coordinator.registry;

import io.covey.protocols.id.Sha256;
import java.util.Optional;

/**
 * Samples on which a plain model is calibrated, and its served form compared with the float one.
 *
 * @param samples in the artifact store: little-endian float32, one sample after the other, as the
 *     model takes them
 * @param labels in the artifact store: little-endian int32, the class of each; empty when they are
 *     not known
 * @param count how many samples there are
 */
public record CalibrationData(Sha256 samples, Optional<Sha256> labels, int count) {}
