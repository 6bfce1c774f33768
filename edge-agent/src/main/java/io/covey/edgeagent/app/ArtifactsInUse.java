package io.covey.edgeagent.app;

import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ModelManifest;
import java.util.Collection;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The artifacts that must stay in the cache. Written on the agent's scheduler before anybody looks
 * for them; read by the workers that clean up, at the moment of each deletion.
 */
final class ArtifactsInUse {
  private final Predicate<Sha256> trainedFrom;
  private volatile Set<Sha256> ofTwin = Set.of();
  private volatile Set<Sha256> ofRound = Set.of();

  /**
   * @param trainedFrom what the agent holds for the next round, whether or not one runs; from any
   *     thread
   */
  ArtifactsInUse(Predicate<Sha256> trainedFrom) {
    this.trainedFrom = trainedFrom;
  }

  /**
   * What is served, was served before, or is wanted.
   *
   * @param tested what has answered: nothing compares its answers again, but its sample inputs are
   *     as a rule those of the next version
   * @param coming what is to be tested yet
   */
  void setOfTwin(Collection<ModelManifest> tested, Collection<ModelManifest> coming) {
    ofTwin =
        Stream.concat(
                files(tested).filter(file -> file.role() != Role.EXPECTED_OUTPUTS), files(coming))
            .map(ArtifactReference::digest)
            .collect(Collectors.toUnmodifiableSet());
  }

  /** What is being trained. */
  void setOfRound(Collection<ModelManifest> manifests) {
    ofRound =
        files(manifests).map(ArtifactReference::digest).collect(Collectors.toUnmodifiableSet());
  }

  /** Whether somebody needs this artifact now. */
  boolean contains(Sha256 digest) {
    return ofTwin.contains(digest) || ofRound.contains(digest) || trainedFrom.test(digest);
  }

  private static Stream<ArtifactReference> files(Collection<ModelManifest> manifests) {
    return manifests.stream().flatMap(manifest -> manifest.artifacts().stream());
  }
}
