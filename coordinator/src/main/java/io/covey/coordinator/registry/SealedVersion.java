package io.covey.coordinator.registry;

import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import java.util.List;
import java.util.Optional;

/**
 * What devices get of a version: its files as they travel, encrypted. The sealed files lie in the
 * artifact store beside the plain ones.
 *
 * @param files one digest of those that are sealed with the version's own content key, which is
 *     bound to it
 * @param artifacts of each role that devices are told of, sealed; the graph perhaps with the key of
 *     an earlier version
 */
public record SealedVersion(Sha256 files, List<ArtifactReference> artifacts) {
  public SealedVersion {
    artifacts = List.copyOf(artifacts);
    if (artifacts.stream().anyMatch(artifact -> artifact.sealing().isEmpty())) {
      throw new IllegalArgumentException("a file of a sealed version is not sealed");
    }
  }

  /** The sealed file of a role. */
  public Optional<ArtifactReference> artifact(ArtifactReference.Role role) {
    return artifacts.stream().filter(artifact -> artifact.role() == role).findFirst();
  }
}
