package io.covey.coordinator.training;

import io.covey.coordinator.registry.ArtifactStore;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.sealing.VersionSealer;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.Limits;
import java.util.Optional;

/** The artifact store as versions use it. Blocks; any thread. */
record ArtifactFiles(ArtifactStore store, VersionSealer sealer) {

  /** The version with its files sealed for devices; {@code base} is the one before. */
  VersionRecord sealed(VersionRecord version, Optional<VersionRecord> base) {
    return sealer.seal(version, base);
  }

  /** Keeps a file and answers how it is to be published. */
  ArtifactReference keep(ArtifactReference.Role role, byte[] content) {
    Sha256 digest = store.put(content);
    return new ArtifactReference(role, digest, content.length, Limits.CHUNK_CONTENT_BYTES);
  }

  /** A file that some record names. */
  byte[] content(Sha256 digest) {
    return store.get(digest).orElseThrow(() -> new IllegalStateException("no artifact " + digest));
  }

  byte[] content(ArtifactReference reference) {
    return content(reference.digest());
  }
}
