package io.covey.coordinator.registry;

import io.covey.protocols.id.Sha256;
import java.util.Arrays;
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

  /**
   * A part of the content, which nothing is compared with: for whoever hands it on to somebody that
   * checks the whole.
   *
   * @param length at most; fewer bytes when the content ends before
   * @return empty when it was never kept
   */
  default Optional<byte[]> read(Sha256 digest, long offset, int length) {
    return get(digest)
        .map(
            content -> {
              // No overflow: both are at most the array's length.
              int from = (int) Math.min(content.length, offset);
              return Arrays.copyOfRange(
                  content, from, from + Math.min(length, content.length - from));
            });
  }
}
