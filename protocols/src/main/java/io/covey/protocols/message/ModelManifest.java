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
  private static final Comparator<ArtifactReference> BY_ROLE =
      Comparator.comparing(ArtifactReference::role);

  private static final Comparator<ArtifactReference> SAMPLES_LAST =
      Comparator.comparing((ArtifactReference file) -> file.role() == Role.EXPECTED_OUTPUTS)
          .thenComparing(file -> file.role() == Role.SAMPLE_INPUTS);

  public ModelManifest {
    artifacts = List.copyOf(artifacts);
    Limits.checkRange("artifacts of a version", artifacts.size(), 1, Limits.ARTIFACTS_PER_VERSION);
    if (artifacts.stream().map(ArtifactReference::role).distinct().count() != artifacts.size()) {
      throw new IllegalArgumentException("a version has two artifacts of one role");
    }
    boolean isPlain = holds(artifacts, Role.PACKED_WEIGHTS);
    // The same order on both sides of the wire, where those of plain models and samples have a
    // field each: sessions of secure aggregation are named by it.
    artifacts = artifacts.stream().sorted(isPlain ? BY_ROLE : SAMPLES_LAST).toList();
    if (holds(artifacts, Role.SAMPLE_INPUTS) != holds(artifacts, Role.EXPECTED_OUTPUTS)) {
      throw new IllegalArgumentException(
          "a version has sample inputs or expected outputs alone, expected both or neither");
    }
    artifacts.forEach(ModelManifest::checkSample);
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

  private static void checkSample(ArtifactReference file) {
    if (file.role().isSample()) {
      long bytes =
          file.sealing().map(ArtifactReference.Sealing::plaintextBytes).orElse(file.lengthBytes());
      Limits.checkRange("length of " + file.role(), bytes, 1, Limits.SAMPLE_FILE_BYTES);
    }
  }

  /**
   * What there is to train from, and to serve: all but the files that a version is tried with. A
   * round's base is told so, since participants name their session by it, and older ones know no
   * samples.
   */
  public ModelManifest withoutSamples() {
    return new ModelManifest(
        model, version, artifacts.stream().filter(file -> !file.role().isSample()).toList());
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
