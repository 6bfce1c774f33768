package io.covey.edgeagent.app;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.message.ModelManifest;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The artifacts that must stay in the cache. Written on the agent's scheduler before anybody looks
 * for them; read by the workers that clean up, at the moment of each deletion.
 */
final class ArtifactsInUse {
  private final Predicate<Sha256> others;
  private volatile List<ModelManifest> manifestsOfTwin = List.of();
  private volatile List<ModelManifest> manifestsOfRound = List.of();
  private volatile Set<Sha256> ofTwin = Set.of();
  private volatile Set<Sha256> ofRound = Set.of();

  /**
   * @param others what the agent holds for the next round, whether or not one runs, and what is
   *     being made into something else; from any thread
   */
  ArtifactsInUse(Predicate<Sha256> others) {
    this.others = others;
  }

  /**
   * What is served, was served before, or is wanted.
   *
   * @param tested what has answered: nothing compares its answers again, but its sample inputs are
   *     as a rule those of the next version
   * @param coming what is to be tested yet
   */
  void setOfTwin(Collection<ModelManifest> tested, Collection<ModelManifest> coming) {
    manifestsOfTwin =
        Stream.concat(tested.stream(), coming.stream()).collect(Collectors.toUnmodifiableList());
    ofTwin =
        Stream.concat(
                files(tested).filter(file -> file.role() != Role.EXPECTED_OUTPUTS), files(coming))
            .map(ArtifactReference::digest)
            .collect(Collectors.toUnmodifiableSet());
  }

  /** What is being trained. */
  void setOfRound(Collection<ModelManifest> manifests) {
    manifestsOfRound = List.copyOf(manifests);
    ofRound =
        files(manifests).map(ArtifactReference::digest).collect(Collectors.toUnmodifiableSet());
  }

  /** Whether somebody needs this artifact now. */
  boolean contains(Sha256 digest) {
    return ofTwin.contains(digest) || ofRound.contains(digest) || others.test(digest);
  }

  /** The sealed file of a role with that plaintext, of any version in use; from any thread. */
  Optional<ArtifactReference> find(ModelName model, Role role, Sha256 plaintext) {
    return Stream.concat(manifestsOfTwin.stream(), manifestsOfRound.stream())
        .filter(manifest -> manifest.model().equals(model))
        .flatMap(manifest -> manifest.artifact(role).stream())
        .filter(
            artifact -> artifact.sealing().map(Sealing::plaintext).equals(Optional.of(plaintext)))
        .findFirst();
  }

  private static Stream<ArtifactReference> files(Collection<ModelManifest> manifests) {
    return manifests.stream().flatMap(manifest -> manifest.artifacts().stream());
  }
}
