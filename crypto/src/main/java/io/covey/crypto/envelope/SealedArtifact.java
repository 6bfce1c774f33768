package io.covey.crypto.envelope;

import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.message.Limits;
import java.util.Optional;

/** A sealed file as messages name it: which file it is, and its two forms. */
public record SealedArtifact(ModelFile file, SealedFile content) {

  /**
   * What a reference names.
   *
   * @return empty if the file travels as it is
   * @throws IllegalArgumentException if its two lengths do not fit each other
   */
  public static Optional<SealedArtifact> of(
      FleetId fleet, ModelName model, ArtifactReference reference) {
    return reference
        .sealing()
        .map(
            sealing ->
                new SealedArtifact(
                    new ModelFile(fleet, model, sealing.keyVersion(), role(reference.role())),
                    new SealedFile(
                        sealing.plaintext(),
                        sealing.plaintextBytes(),
                        reference.digest(),
                        reference.lengthBytes())));
  }

  /** How messages name it. */
  public ArtifactReference reference(Role role) {
    return new ArtifactReference(
        role,
        content.sealed(),
        content.sealedBytes(),
        Limits.CHUNK_CONTENT_BYTES,
        Optional.of(new Sealing(content.plaintext(), content.plaintextBytes(), file.version())));
  }

  /** What a file of that role is encrypted as. */
  public static FileRole role(Role role) {
    return switch (role) {
      case GRAPH -> FileRole.GRAPH;
      case WEIGHTS -> FileRole.WEIGHTS;
      case SERVING -> FileRole.SERVING;
      case PACKED_WEIGHTS -> FileRole.PACKED_WEIGHTS;
      case WEIGHTS_DIFFERENCE -> FileRole.WEIGHTS_DIFFERENCE;
      case SAMPLE_INPUTS -> FileRole.SAMPLE_INPUTS;
      case EXPECTED_OUTPUTS -> FileRole.EXPECTED_OUTPUTS;
      case SERVING_DIFFERENCE -> FileRole.SERVING_DIFFERENCE;
    };
  }
}
