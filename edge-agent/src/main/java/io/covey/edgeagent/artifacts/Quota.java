package io.covey.edgeagent.artifacts;

import io.covey.protocols.message.ArtifactReference;

/** The one wording of a full cache. */
final class Quota {
  private Quota() {}

  static String exceeded(ArtifactReference artifact, long usedBytes, long quotaBytes) {
    return "artifact of %d bytes does not fit: %d of %d bytes are used; raise the quota or serve fewer models"
        .formatted(artifact.lengthBytes(), usedBytes, quotaBytes);
  }
}
