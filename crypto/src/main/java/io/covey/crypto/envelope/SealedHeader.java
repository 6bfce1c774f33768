package io.covey.crypto.envelope;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a sealed file begins with: its own length, salt and nonce prefix. All of it goes into the
 * key or the nonces, so that no block opens after one that was altered.
 *
 * @param salt from which, with the content key, the file's key is derived
 * @param noncePrefix with which every block's nonce begins
 */
public record SealedHeader(Octets salt, Octets noncePrefix) {
  static final int SALT_BYTES = 32;
  static final int PREFIX_BYTES = 7;

  public SealedHeader {
    salt.requireLength("salt", SALT_BYTES);
    noncePrefix.requireLength("nonce prefix", PREFIX_BYTES);
  }

  /** A fresh one; no two files have the same. */
  static SealedHeader generate(RandomWords random) {
    return new SealedHeader(
        Octets.owning(SecretBytes.drawnFrom(random, SALT_BYTES).reveal()),
        Octets.owning(SecretBytes.drawnFrom(random, PREFIX_BYTES).reveal()));
  }

  /** Writes {@link SealedLayout#HEADER_BYTES} at the beginning of the first block. */
  void writeTo(byte[] block) {
    block[0] = SealedLayout.HEADER_BYTES;
    System.arraycopy(salt.toBytes(), 0, block, 1, SALT_BYTES);
    System.arraycopy(noncePrefix.toBytes(), 0, block, 1 + SALT_BYTES, PREFIX_BYTES);
  }

  /** The same {@link SealedLayout#HEADER_BYTES} alone. */
  public byte[] toBytes() {
    byte[] header = new byte[SealedLayout.HEADER_BYTES];
    writeTo(header);
    return header;
  }

  /**
   * Reads what {@link #writeTo} wrote.
   *
   * @param firstBlock or as much of its beginning as a header has
   * @return empty if it begins otherwise or is shorter
   */
  public static Optional<SealedHeader> read(byte[] firstBlock) {
    if (firstBlock.length < SealedLayout.HEADER_BYTES
        || firstBlock[0] != SealedLayout.HEADER_BYTES) {
      return Optional.empty();
    }
    int prefixAt = 1 + SALT_BYTES;
    return Optional.of(
        new SealedHeader(
            Octets.owning(Arrays.copyOfRange(firstBlock, 1, prefixAt)),
            Octets.owning(Arrays.copyOfRange(firstBlock, prefixAt, SealedLayout.HEADER_BYTES))));
  }
}
