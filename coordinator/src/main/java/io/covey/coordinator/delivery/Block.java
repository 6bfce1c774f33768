package io.covey.coordinator.delivery;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactReference;

/** One block of a file of a model. */
record Block(ModelName model, ArtifactReference artifact, int index) {
  Block {
    if (index < 0 || index >= artifact.chunkCount()) {
      throw new IllegalArgumentException(
          "block " + index + ", expected 0 to " + (artifact.chunkCount() - 1));
    }
  }

  int bytes() {
    return artifact.chunkLengthBytes(index);
  }
}
