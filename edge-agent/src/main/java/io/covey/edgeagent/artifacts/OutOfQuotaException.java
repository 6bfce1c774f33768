package io.covey.edgeagent.artifacts;

import io.covey.protocols.message.ArtifactReference;
import java.io.IOException;

/** An artifact does not fit into what the operator allows: waiting alone makes no room. */
public final class OutOfQuotaException extends IOException {
  private static final long serialVersionUID = 1L;

  OutOfQuotaException(ArtifactReference artifact, long usedBytes, long quotaBytes) {
    super(
        "artifact of %d bytes does not fit: %d of %d bytes are used; raise the quota or serve fewer models"
            .formatted(artifact.lengthBytes(), usedBytes, quotaBytes));
  }
}
