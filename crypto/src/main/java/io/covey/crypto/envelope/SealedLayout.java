package io.covey.crypto.envelope;

import io.covey.crypto.primitive.Aead;
import io.covey.protocols.message.Limits;
import java.util.Optional;

/**
 * Where everything is in a sealed file: a header of {@link #HEADER_BYTES}, then the segments of the
 * plaintext, each followed by a tag of 16 bytes. Cut every {@code blockBytes}, it falls into blocks
 * that hold one whole segment each; the first holds the header as well. A block is what is
 * delivered at a time.
 *
 * @param plaintextBytes 0 to {@link Limits#ARTIFACT_BYTES}
 * @param blockBytes size of every block but the last
 */
public record SealedLayout(long plaintextBytes, int blockBytes) {
  /** Length of the header, salt, nonce prefix. */
  public static final int HEADER_BYTES = 1 + SealedHeader.SALT_BYTES + SealedHeader.PREFIX_BYTES;

  /** One block fills one message. */
  public static final int BLOCK_BYTES = Limits.CHUNK_CONTENT_BYTES;

  private static final int TAG_BYTES = Aead.TAG_BYTES;
  private static final int LEAST_BLOCK_BYTES = HEADER_BYTES + TAG_BYTES + 1;

  public SealedLayout {
    if (plaintextBytes < 0 || plaintextBytes > Limits.ARTIFACT_BYTES) {
      throw new IllegalArgumentException(
          "plaintext of %d bytes, expected 0 to %d"
              .formatted(plaintextBytes, Limits.ARTIFACT_BYTES));
    }
    if (blockBytes < LEAST_BLOCK_BYTES || blockBytes > BLOCK_BYTES) {
      throw new IllegalArgumentException(
          "blocks of %d bytes, expected %d to %d"
              .formatted(blockBytes, LEAST_BLOCK_BYTES, BLOCK_BYTES));
    }
  }

  /** With blocks that fill a message each. */
  public static SealedLayout of(long plaintextBytes) {
    return new SealedLayout(plaintextBytes, BLOCK_BYTES);
  }

  /**
   * The layout of a sealed file of a given length.
   *
   * @return empty if no sealed file has that length
   */
  public static Optional<SealedLayout> ofSealed(long sealedBytes) {
    long blocks = ceilingOfQuotient(sealedBytes, BLOCK_BYTES);
    long plaintext = sealedBytes - HEADER_BYTES - TAG_BYTES * blocks;
    if (sealedBytes < 0 || plaintext < 0 || plaintext > Limits.ARTIFACT_BYTES) {
      return Optional.empty();
    }
    return Optional.of(of(plaintext)).filter(layout -> layout.sealedBytes() == sealedBytes);
  }

  /** How many blocks there are: 1 or more. */
  public int blocks() {
    // No overflow: the plaintext has at most 2^29 bytes.
    return Math.max(1, (int) ceilingOfQuotient(plaintextBytes + HEADER_BYTES, segmentBytes()));
  }

  /** Length of the sealed file. */
  public long sealedBytes() {
    return HEADER_BYTES + plaintextBytes + (long) TAG_BYTES * blocks();
  }

  /** Where a block begins in the sealed file. */
  public long sealedOffset(int block) {
    return (long) checked(block) * blockBytes;
  }

  /** Length of a block, the header of the first included. */
  public int sealedBytes(int block) {
    return (int) Math.min(blockBytes, sealedBytes() - sealedOffset(block));
  }

  /** Where the plaintext of a block begins in the plaintext. */
  public long plaintextOffset(int block) {
    return checked(block) == 0 ? 0 : (long) block * segmentBytes() - HEADER_BYTES;
  }

  /** Length of the plaintext of a block. */
  public int plaintextBytes(int block) {
    return sealedBytes(block) - headerBytes(block) - TAG_BYTES;
  }

  /** How much of a block is header. */
  int headerBytes(int block) {
    return checked(block) == 0 ? HEADER_BYTES : 0;
  }

  boolean isLast(int block) {
    return checked(block) == blocks() - 1;
  }

  private int segmentBytes() {
    return blockBytes - TAG_BYTES;
  }

  private int checked(int block) {
    if (block < 0 || block >= blocks()) {
      throw new IllegalArgumentException("block " + block + " of " + blocks());
    }
    return block;
  }

  private static long ceilingOfQuotient(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
