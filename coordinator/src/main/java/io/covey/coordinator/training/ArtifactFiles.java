package io.covey.coordinator.training;

import io.covey.coordinator.registry.ArtifactStore;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.sealing.VersionSealer;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.Limits;

/** The artifact store as versions use it. Blocks; any thread. */
record ArtifactFiles(ArtifactStore store, VersionSealer sealer) {

  /** The version with its files sealed for devices. */
  VersionRecord sealed(VersionRecord version, VersionSealer.Before before) {
    return sealer.seal(version, before);
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
