package io.covey.coordinator.training;

import io.covey.coordinator.registry.ModelStore;
import io.covey.coordinator.registry.SealedVersion;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.release.ReleaseRecord;
import io.covey.coordinator.release.ReleaseStore;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What operators order of releases: to go back, and to release once more. Numbers of versions and
 * counters of releases only rise: whatever goes back without, devices take for an attack. Blocks.
 */
final class ReleaseOrders {
  private final ModelStore models;
  private final ReleaseStore releases;
  private final UnaryOperator<VersionRecord> recalled;
  private final InstantSource clock;

  /**
   * @param recalled brings the keys of a version's sealed files into memory, and seals them if that
   *     was never done
   */
  ReleaseOrders(
      ModelStore models,
      ReleaseStore releases,
      UnaryOperator<VersionRecord> recalled,
      InstantSource clock) {
    this.models = models;
    this.releases = releases;
    this.recalled = recalled;
    this.clock = clock;
  }

  /**
   * Makes the next version of the files of an earlier one, and its release; throws {@link
   * OperationException} where it cannot be.
   */
  VersionRecord restore(ModelName name, ModelVersion version) throws OperationException {
    VersionRecord newest =
        models.newest(name).orElseThrow(() -> notFound("there is no model named " + name));
    VersionRecord old =
        models
            .version(name, version)
            .orElseThrow(() -> notFound("there is no version " + version + " of " + name));
    if (!old.isReleased()) {
      throw conflict("version " + version + " of " + name + " was never released");
    }
    boolean isServed =
        models.newestReleased(name).filter(served -> files(served).equals(files(old))).isPresent();
    if (isServed) {
      throw conflict("agents are to serve the files of version " + version + " already");
    }
    VersionRecord restored =
        new VersionRecord(
                name,
                newest.version().next(),
                clock.instant(),
                Optional.empty(),
                files(old),
                old.optimizerState(),
                old.evaluation(),
                old.serving())
            .with(sealedFiles(recalled.apply(old)));
    releases.addRestored(restored, version);
    return recalled.apply(restored);
  }

  /**
   * Gives the version that is released a higher counter, for devices that have returned from it;
   * throws {@link OperationException} where it cannot be.
   */
  ReleaseRecord again(ModelName name, ModelVersion version) throws OperationException {
    if (models.version(name, version).isEmpty()) {
      throw notFound("there is no version " + version + " of " + name);
    }
    return releases
        .releaseAgain(name, version, clock.instant())
        .orElseThrow(
            () -> conflict("version " + version + " is not the newest release of " + name));
  }

  /** The same ciphertext under the same keys: who still has it fetches nothing. */
  private static SealedVersion sealedFiles(VersionRecord version) {
    SealedVersion sealed = version.sealed().orElseThrow();
    return new SealedVersion(
        sealed.files(),
        sealed.artifacts().stream()
            .filter(artifact -> artifact.role() != Role.WEIGHTS_DIFFERENCE)
            .map(ArtifactReference::withoutDifference)
            .toList());
  }

  /** Without the difference to a version that is not the one before any more. */
  private static List<ArtifactReference> files(VersionRecord version) {
    return version.artifacts().stream()
        .filter(artifact -> artifact.role() != Role.WEIGHTS_DIFFERENCE)
        .toList();
  }

  private static OperationException notFound(String message) {
    return new OperationException(OperationException.Kind.NOT_FOUND, message);
  }

  private static OperationException conflict(String message) {
    return new OperationException(OperationException.Kind.CONFLICT, message);
  }
}
