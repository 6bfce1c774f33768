package io.covey.protocols.message;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactReference.Role;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that devices can have of one version of a model: at most one artifact of each role.
 *
 * <p>Of two kinds. A version of a model that was uploaded as trainable has a graph, which is both
 * served and trained, and most often its weights. One of a plain model {@link #isPlain} and has
 * what is served apart from what is trained; when it was not released, nothing of it is served.
 */
public record ModelManifest(
    ModelName model, ModelVersion version, List<ArtifactReference> artifacts) {
  public ModelManifest {
    artifacts = List.copyOf(artifacts);
    Limits.checkRange("artifacts of a version", artifacts.size(), 1, Limits.ARTIFACTS_PER_VERSION);
    if (artifacts.stream().map(ArtifactReference::role).distinct().count() != artifacts.size()) {
      throw new IllegalArgumentException("a version has two artifacts of one role");
    }
    boolean isPlain = holds(artifacts, Role.PACKED_WEIGHTS);
    if (isPlain) {
      // The same order on both sides of the wire, where each has a field of its own: sessions of
      // secure aggregation are named by it.
      artifacts = artifacts.stream().sorted(Comparator.comparing(ArtifactReference::role)).toList();
    }
    if (isPlain && (holds(artifacts, Role.WEIGHTS) || !holds(artifacts, Role.GRAPH))) {
      throw new IllegalArgumentException(
          "a version with packed weights needs a graph and no other weights");
    }
    if (holds(artifacts, Role.SERVING_DIFFERENCE)) {
      throw new IllegalArgumentException("a version has a difference that leads to no file");
    }
    if (!isPlain && (holds(artifacts, Role.SERVING) || holds(artifacts, Role.WEIGHTS_DIFFERENCE))) {
      throw new IllegalArgumentException(
          "a version with a file to serve or a difference needs packed weights");
    }
  }

  private static boolean holds(List<ArtifactReference> artifacts, Role role) {
    return artifacts.stream().anyMatch(artifact -> artifact.role() == role);
  }

  /** Whether what is served and what is trained are files of their own. */
  public boolean isPlain() {
    return holds(artifacts, Role.PACKED_WEIGHTS);
  }

  /** Whether none of its files travels as it is. */
  public boolean isSealed() {
    return artifacts.stream().allMatch(artifact -> artifact.sealing().isPresent());
  }

  /** Every file that travels for it: the artifacts, and the differences that lead to some. */
  public List<ArtifactReference> files() {
    return Stream.concat(
            artifacts.stream(),
            artifacts.stream()
                .flatMap(artifact -> artifact.difference().stream())
                .map(ArtifactReference.Difference::file))
        .toList();
  }

  /** The same version, with one way to each file. */
  public ModelManifest withoutDifferences() {
    return new ModelManifest(
        model, version, artifacts.stream().map(ArtifactReference::withoutDifference).toList());
  }

  public Optional<ArtifactReference> artifact(ArtifactReference.Role role) {
    return artifacts.stream().filter(a -> a.role() == role).findFirst();
  }
}
