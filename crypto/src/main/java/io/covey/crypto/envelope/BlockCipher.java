package io.covey.crypto.envelope;

import io.covey.crypto.primitive.Aead;
import io.covey.crypto.primitive.Hkdf;
import io.covey.crypto.primitive.SecretBytes;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The blocks of one sealed file, each sealed or opened alone: AES-256-GCM under the file's own key,
 * with the nonce {@code prefix || block number || last}. Arrays are the caller's, and nothing the
 * size of a block is allocated: with new arrays and a new cipher for each, opening takes a tenth
 * longer.
 *
 * <p>A block's place in the arguments, offset and layout, is the caller's to get right; what is in
 * it is not trusted.
 *
 * <p>Belongs to one thread. The JDK's cipher keeps a copy of the key that cannot be wiped; it is
 * the key of this file alone.
 */
final class BlockCipher {
  private static final int NUMBER_AT = SealedHeader.PREFIX_BYTES;
  private static final int LAST_AT = NUMBER_AT + Integer.BYTES;

  private final SealedLayout layout;
  private final Cipher cipher;
  private final SecretKeySpec key;
  private final byte[] nonce = new byte[Aead.NONCE_BYTES];

  /** Derives the key of the file that begins with {@code header}. */
  BlockCipher(ContentKey contentKey, ModelFile file, SealedHeader header, SealedLayout layout) {
    this.layout = layout;
    try (SecretBytes derived =
        Hkdf.derive(
            contentKey.secret(), header.salt().toBytes(), file.associatedData(), Aead.KEY_BYTES)) {
      key = new SecretKeySpec(derived.reveal(), "AES");
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks AES/GCM/NoPadding", e);
    }
    System.arraycopy(header.noncePrefix().toBytes(), 0, nonce, 0, NUMBER_AT);
  }

  /**
   * Seals one block behind its header, if it has one. Never twice with different plaintexts: that
   * would use a nonce twice.
   *
   * @param plaintext holds the block's plaintext from its beginning
   * @param sealed room for the block, from its beginning
   */
  void seal(int block, byte[] plaintext, byte[] sealed) {
    try {
      start(Cipher.ENCRYPT_MODE, block);
      cipher.doFinal(plaintext, 0, layout.plaintextBytes(block), sealed, layout.headerBytes(block));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
  }

  /**
   * Opens one block.
   *
   * @param sealed holds the block from its beginning
   * @param plaintext room for the block's plaintext, from its beginning
   * @return false if it is not this block of this file; {@code plaintext} then holds nothing
   */
  boolean open(int block, byte[] sealed, byte[] plaintext) {
    int header = layout.headerBytes(block);
    try {
      start(Cipher.DECRYPT_MODE, block);
      cipher.doFinal(sealed, header, layout.sealedBytes(block) - header, plaintext, 0);
      return true;
    } catch (AEADBadTagException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening failed", e);
    }
  }

  private void start(int mode, int block)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    ByteBuffer.wrap(nonce).putInt(NUMBER_AT, block);
    nonce[LAST_AT] = (byte) (layout.isLast(block) ? 1 : 0);
    cipher.init(mode, key, new GCMParameterSpec(Aead.TAG_BYTES * Byte.SIZE, nonce));
  }
}
