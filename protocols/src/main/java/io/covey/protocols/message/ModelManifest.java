package io.covey.protocols.message;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import java.util.List;
import java.util.Optional;

/** All that one version of a model consists of: at most one artifact of each role. */
public record ModelManifest(
    ModelName model, ModelVersion version, List<ArtifactReference> artifacts) {
  public ModelManifest {
    artifacts = List.copyOf(artifacts);
    Limits.checkRange("artifacts of a version", artifacts.size(), 1, Limits.ARTIFACTS_PER_VERSION);
    if (artifacts.stream().map(ArtifactReference::role).distinct().count() != artifacts.size()) {
      throw new IllegalArgumentException("a version has two artifacts of one role");
    }
  }

  public Optional<ArtifactReference> artifact(ArtifactReference.Role role) {
    return artifacts.stream().filter(a -> a.role() == role).findFirst();
  }
}
