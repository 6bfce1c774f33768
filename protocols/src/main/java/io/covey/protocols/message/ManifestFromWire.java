package io.covey.protocols.message;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactReference.Difference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import io.covey.protocols.message.wire.ArtifactRole;
import io.covey.protocols.message.wire.FileReference;
import io.covey.protocols.message.wire.PlainManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Manifests from protobuf; see {@link ManifestToWire}. */
final class ManifestFromWire {
  private ManifestFromWire() {}

  static ModelManifest trainable(io.covey.protocols.message.wire.ModelManifest wire) {
    List<ArtifactReference> artifacts = new ArrayList<>();
    wire.getArtifactsList().forEach(artifact -> artifacts.add(artifact(artifact)));
    if (wire.hasSampleInputs()) {
      artifacts.add(file(Role.SAMPLE_INPUTS, wire.getSampleInputs()));
    }
    if (wire.hasExpectedOutputs()) {
      artifacts.add(file(Role.EXPECTED_OUTPUTS, wire.getExpectedOutputs()));
    }
    return new ModelManifest(
        new ModelName(wire.getModel()), new ModelVersion(wire.getVersion()), artifacts);
  }

  private static ArtifactReference artifact(
      io.covey.protocols.message.wire.ArtifactReference wire) {
    Role role = role(wire.getRole());
    return new ArtifactReference(
        role,
        FromWire.digest(wire.getSha256()),
        wire.getLengthBytes(),
        wire.getChunkSizeBytes(),
        wire.hasSealing() ? Optional.of(sealing(wire.getSealing())) : Optional.empty(),
        wire.hasDifference()
            ? Optional.of(difference(role, wire.getDifference()))
            : Optional.empty());
  }

  private static Difference difference(Role role, io.covey.protocols.message.wire.Difference wire) {
    if (wire.getFile().hasDifference()) {
      // Before it is looked into: nothing nests.
      throw new IllegalArgumentException("a difference has a difference of its own");
    }
    Role own =
        role.ofDifference()
            .orElseThrow(
                () -> new IllegalArgumentException("a file of role " + role + " has a difference"));
    return new Difference(FromWire.digest(wire.getBaseSha256()), file(own, wire.getFile()));
  }

  private static Sealing sealing(io.covey.protocols.message.wire.Sealing wire) {
    return new Sealing(
        FromWire.digest(wire.getPlaintextSha256()),
        wire.getPlaintextLengthBytes(),
        new ModelVersion(wire.getKeyVersion()));
  }

  static List<WrappedContentKey> keys(
      List<io.covey.protocols.message.wire.WrappedContentKey> wire) {
    return wire.stream().map(ManifestFromWire::key).toList();
  }

  private static WrappedContentKey key(io.covey.protocols.message.wire.WrappedContentKey wire) {
    return new WrappedContentKey(
        new KeyName(new ModelName(wire.getModel()), new ModelVersion(wire.getVersion())),
        FromWire.digest(wire.getFilesSha256()),
        wire.getEpoch(),
        wire.getWrapped());
  }

  private static Role role(ArtifactRole wire) {
    return switch (wire) {
      case ARTIFACT_ROLE_GRAPH -> Role.GRAPH;
      case ARTIFACT_ROLE_WEIGHTS -> Role.WEIGHTS;
      case ARTIFACT_ROLE_UNSPECIFIED, UNRECOGNIZED -> throw FromWire.unknown("artifact role");
    };
  }

  static ModelManifest plain(PlainManifest wire) {
    List<ArtifactReference> artifacts = new ArrayList<>();
    // A missing one reads as one of no bytes, which is refused.
    artifacts.add(file(Role.GRAPH, wire.getGraph()));
    artifacts.add(file(Role.PACKED_WEIGHTS, wire.getPackedWeights()));
    if (wire.hasWeightsDifference()) {
      artifacts.add(file(Role.WEIGHTS_DIFFERENCE, wire.getWeightsDifference()));
    }
    if (wire.hasServing()) {
      artifacts.add(file(Role.SERVING, wire.getServing()));
    }
    if (wire.hasSampleInputs()) {
      artifacts.add(file(Role.SAMPLE_INPUTS, wire.getSampleInputs()));
    }
    if (wire.hasExpectedOutputs()) {
      artifacts.add(file(Role.EXPECTED_OUTPUTS, wire.getExpectedOutputs()));
    }
    return new ModelManifest(
        new ModelName(wire.getModel()), new ModelVersion(wire.getVersion()), artifacts);
  }

  private static ArtifactReference file(Role role, FileReference wire) {
    return new ArtifactReference(
        role,
        FromWire.digest(wire.getSha256()),
        wire.getLengthBytes(),
        wire.getChunkSizeBytes(),
        wire.hasSealing() ? Optional.of(sealing(wire.getSealing())) : Optional.empty(),
        wire.hasDifference()
            ? Optional.of(difference(role, wire.getDifference()))
            : Optional.empty());
  }
}
