package io.covey.crypto.envelope;

import java.util.Arrays;
import java.util.Optional;

/**
 * The plaintext of a difference between two files: the header of the sealed file that it leads to,
 * so that a device can make that again ({@link FileResealer}), and what leads from one plaintext to
 * the other.
 *
 * @param header of the sealed file that it leads to
 * @param difference at least one byte, as {@code io.covey.models.difference} writes it; not copied
 */
// A record for its names: two are never compared.
@SuppressWarnings("ArrayRecordComponent")
public record DifferenceContent(SealedHeader header, byte[] difference) {
  public DifferenceContent {
    if (difference.length == 0) {
      throw new IllegalArgumentException("a difference of no bytes, expected 1 or more");
    }
  }

  /** The header, then the difference. */
  public byte[] encode() {
    byte[] encoded = Arrays.copyOf(header.toBytes(), SealedLayout.HEADER_BYTES + difference.length);
    System.arraycopy(difference, 0, encoded, SealedLayout.HEADER_BYTES, difference.length);
    return encoded;
  }

  /** Reads what {@link #encode} wrote; empty if it is nothing of the kind. */
  public static Optional<DifferenceContent> decode(byte[] encoded) {
    if (encoded.length <= SealedLayout.HEADER_BYTES) {
      return Optional.empty();
    }
    return SealedHeader.read(encoded)
        .map(
            header ->
                new DifferenceContent(
                    header,
                    Arrays.copyOfRange(encoded, SealedLayout.HEADER_BYTES, encoded.length)));
  }
}
