package io.covey.coordinator.registry;

import io.covey.protocols.id.Sha256;
import java.util.Optional;

/**
 * Files by their content's digest. Writing is atomic and durable: after {@link #put} returns, the
 * file survives a crash. Calls block; a failure of the store is a {@link
 * java.io.UncheckedIOException}.
 */
public interface ArtifactStore {

  /** Keeps {@code content}; keeping the same content again changes nothing. */
  Sha256 put(byte[] content);

  /** The content, checked against its digest; empty when it was never kept. */
  Optional<byte[]> get(Sha256 digest);
}
