package io.covey.crypto.envelope;

import io.covey.crypto.primitive.Octets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Opens single blocks of a sealed file in any order, as they are delivered: a block that is not
 * authentic where it claims to stand need not be stored. The first block has to be there first, as
 * it holds the header.
 *
 * <p>Belongs to one thread.
 */
public final class BlockOpener {
  private final SealedLayout layout;
  private final BlockCipher cipher;
  private final byte[] plain;

  /** For the file of that length which begins with {@code header}. */
  public BlockOpener(ContentKey key, ModelFile file, SealedHeader header, SealedLayout layout) {
    this.layout = layout;
    this.cipher = new BlockCipher(key, file, header, layout);
    this.plain = new byte[layout.blockBytes()];
  }

  /**
   * The plaintext of one block.
   *
   * @param block 0 to one less than there are
   * @return empty if {@code sealed} is not that block of the file, whatever else it is
   */
  public Optional<byte[]> open(int block, Octets sealed) {
    if (sealed.length() != layout.sealedBytes(block)
        || !cipher.open(block, sealed.toBytes(), plain)) {
      return Optional.empty();
    }
    byte[] opened = Arrays.copyOf(plain, layout.plaintextBytes(block));
    Arrays.fill(plain, (byte) 0);
    return Optional.of(opened);
  }

  /**
   * Whether {@code sealed} is that block of the file; its plaintext is not kept.
   *
   * @param block 0 to one less than there are
   */
  public boolean isAuthentic(int block, byte[] sealed) {
    boolean authentic =
        sealed.length == layout.sealedBytes(block) && cipher.open(block, sealed, plain);
    Arrays.fill(plain, (byte) 0);
    return authentic;
  }
}
