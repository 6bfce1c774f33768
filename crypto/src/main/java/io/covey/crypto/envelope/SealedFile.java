package io.covey.crypto.envelope;

import io.covey.protocols.id.Sha256;

/**
 * A file in both its forms, by length and content. What a signed release says about each of its
 * files.
 *
 * @param plaintextBytes 0 to the most that an artifact may have
 * @param sealedBytes as {@link SealedLayout} has it for that plaintext
 */
public record SealedFile(Sha256 plaintext, long plaintextBytes, Sha256 sealed, long sealedBytes) {

  public SealedFile {
    long expected = SealedLayout.of(plaintextBytes).sealedBytes();
    if (sealedBytes != expected) {
      throw new IllegalArgumentException(
          "%d bytes sealed for %d bytes of plaintext, expected %d"
              .formatted(sealedBytes, plaintextBytes, expected));
    }
  }

  /** Where its blocks are. */
  public SealedLayout layout() {
    return SealedLayout.of(plaintextBytes);
  }
}
