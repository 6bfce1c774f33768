package io.covey.protocols.message;

import io.covey.protocols.message.wire.ArtifactRole;
import io.covey.protocols.message.wire.FileReference;
import io.covey.protocols.message.wire.PlainManifest;
import java.util.List;

/**
 * Manifests to protobuf. Those of plain models have a message of their own: a receiver that does
 * not know them would refuse a manifest with roles that it does not know, and with it the whole
 * message.
 */
final class ManifestToWire {
  private ManifestToWire() {}

  static io.covey.protocols.message.wire.ModelManifest trainable(ModelManifest manifest) {
    var wire =
        io.covey.protocols.message.wire.ModelManifest.newBuilder()
            .setModel(manifest.model().value())
            .setVersion(manifest.version().number());
    for (ArtifactReference artifact : manifest.artifacts()) {
      switch (artifact.role()) {
        // Not by role: older receivers refuse one that they do not know, and skip a field.
        case SAMPLE_INPUTS -> wire.setSampleInputs(file(artifact));
        case EXPECTED_OUTPUTS -> wire.setExpectedOutputs(file(artifact));
        case GRAPH, WEIGHTS, SERVING, PACKED_WEIGHTS, WEIGHTS_DIFFERENCE, SERVING_DIFFERENCE ->
            wire.addArtifacts(artifact(artifact));
      }
    }
    return wire.build();
  }

  private static io.covey.protocols.message.wire.ArtifactReference artifact(
      ArtifactReference artifact) {
    var wire =
        io.covey.protocols.message.wire.ArtifactReference.newBuilder()
            .setRole(
                switch (artifact.role()) {
                  case GRAPH -> ArtifactRole.ARTIFACT_ROLE_GRAPH;
                  case WEIGHTS -> ArtifactRole.ARTIFACT_ROLE_WEIGHTS;
                  case SERVING,
                      PACKED_WEIGHTS,
                      WEIGHTS_DIFFERENCE,
                      SAMPLE_INPUTS,
                      EXPECTED_OUTPUTS,
                      SERVING_DIFFERENCE ->
                      throw new IllegalStateException(artifact.role() + " among others by role");
                })
            .setSha256(ToWire.digest(artifact.digest()))
            .setLengthBytes(artifact.lengthBytes())
            .setChunkSizeBytes(artifact.chunkSizeBytes());
    artifact.sealing().ifPresent(sealing -> wire.setSealing(sealing(sealing)));
    artifact.difference().ifPresent(difference -> wire.setDifference(difference(difference)));
    return wire.build();
  }

  private static io.covey.protocols.message.wire.Difference difference(
      ArtifactReference.Difference difference) {
    return io.covey.protocols.message.wire.Difference.newBuilder()
        .setBaseSha256(ToWire.digest(difference.base()))
        .setFile(file(difference.file()))
        .build();
  }

  private static io.covey.protocols.message.wire.Sealing sealing(
      ArtifactReference.Sealing sealing) {
    return io.covey.protocols.message.wire.Sealing.newBuilder()
        .setPlaintextSha256(ToWire.digest(sealing.plaintext()))
        .setPlaintextLengthBytes(sealing.plaintextBytes())
        .setKeyVersion(sealing.keyVersion().number())
        .build();
  }

  static List<io.covey.protocols.message.wire.WrappedContentKey> keys(
      List<WrappedContentKey> keys) {
    return keys.stream().map(ManifestToWire::key).toList();
  }

  private static io.covey.protocols.message.wire.WrappedContentKey key(WrappedContentKey key) {
    return io.covey.protocols.message.wire.WrappedContentKey.newBuilder()
        .setModel(key.of().model().value())
        .setVersion(key.of().version().number())
        .setFilesSha256(ToWire.digest(key.files()))
        .setEpoch(key.epoch())
        .setWrapped(key.wrapped())
        .build();
  }

  static PlainManifest plain(ModelManifest manifest) {
    PlainManifest.Builder wire =
        PlainManifest.newBuilder()
            .setModel(manifest.model().value())
            .setVersion(manifest.version().number());
    for (ArtifactReference artifact : manifest.artifacts()) {
      switch (artifact.role()) {
        case GRAPH -> wire.setGraph(file(artifact));
        case PACKED_WEIGHTS -> wire.setPackedWeights(file(artifact));
        case WEIGHTS_DIFFERENCE -> wire.setWeightsDifference(file(artifact));
        case SERVING -> wire.setServing(file(artifact));
        case SAMPLE_INPUTS -> wire.setSampleInputs(file(artifact));
        case EXPECTED_OUTPUTS -> wire.setExpectedOutputs(file(artifact));
        case WEIGHTS, SERVING_DIFFERENCE ->
            throw new IllegalStateException(artifact.role() + " in a plain manifest");
      }
    }
    return wire.build();
  }

  private static FileReference file(ArtifactReference artifact) {
    FileReference.Builder wire =
        FileReference.newBuilder()
            .setSha256(ToWire.digest(artifact.digest()))
            .setLengthBytes(artifact.lengthBytes())
            .setChunkSizeBytes(artifact.chunkSizeBytes());
    artifact.sealing().ifPresent(sealing -> wire.setSealing(sealing(sealing)));
    artifact.difference().ifPresent(difference -> wire.setDifference(difference(difference)));
    return wire.build();
  }
}
