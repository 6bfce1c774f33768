package io.covey.coordinator.release;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import java.util.Optional;

/**
 * A version that was released.
 *
 * @param counter 1 or more; rises with every release of a model, also with one more of a version
 * @param restores the version whose files it has, when it goes back on purpose
 */
public record ReleaseRecord(
    ModelName model, long counter, ModelVersion version, Optional<ModelVersion> restores) {
  public ReleaseRecord {
    if (counter < 1) {
      throw new IllegalArgumentException("counter " + counter + " is below 1");
    }
  }
}
