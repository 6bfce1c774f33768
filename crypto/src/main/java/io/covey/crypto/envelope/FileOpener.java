package io.covey.crypto.envelope;

import io.covey.crypto.envelope.OpeningResult.Opened;
import io.covey.crypto.envelope.OpeningResult.Reason;
import io.covey.crypto.envelope.OpeningResult.Refused;
import io.covey.protocols.id.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * Opens whole sealed files on the device: authenticates and decrypts each block where it stands,
 * and takes the digest of the plaintext while it is in the cache. Works in two arrays of the size
 * of a block that it keeps.
 *
 * <p>Belongs to one thread.
 */
public final class FileOpener {
  private final byte[] block = new byte[SealedLayout.BLOCK_BYTES];
  private final byte[] plain = new byte[SealedLayout.BLOCK_BYTES];
  private final MessageDigest digest = Sha256.newDigest();

  /**
   * Opens a file to its end.
   *
   * @param expected what a signed release says about the file. Its digest of the sealed form is not
   *     looked at: every block's tag is, and the digest of the plaintext
   * @param plaintext gets each block's plaintext once the block is found authentic; only after
   *     {@link Opened} may anybody use it
   */
  public OpeningResult open(
      ContentKey key,
      ModelFile file,
      SealedFile expected,
      InputStream sealed,
      OutputStream plaintext)
      throws IOException {
    digest.reset();
    try {
      return opened(key, file, expected, sealed, plaintext);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private OpeningResult opened(
      ContentKey key,
      ModelFile file,
      SealedFile expected,
      InputStream sealed,
      OutputStream plaintext)
      throws IOException {
    SealedLayout layout = expected.layout();
    if (!read(sealed, layout.sealedBytes(0))) {
      return new Refused(Reason.TOO_SHORT, 0);
    }
    Optional<SealedHeader> header = SealedHeader.read(block);
    if (header.isEmpty()) {
      return new Refused(Reason.NOT_A_SEALED_FILE, 0);
    }
    BlockCipher cipher = new BlockCipher(key, file, header.get(), layout);
    for (int i = 0; i < layout.blocks(); i++) {
      if (i > 0 && !read(sealed, layout.sealedBytes(i))) {
        return new Refused(Reason.TOO_SHORT, i);
      }
      if (!cipher.open(i, block, plain)) {
        return new Refused(Reason.BLOCK_NOT_AUTHENTIC, i);
      }
      digest.update(plain, 0, layout.plaintextBytes(i));
      plaintext.write(plain, 0, layout.plaintextBytes(i));
    }
    return ending(expected, sealed);
  }

  private OpeningResult ending(SealedFile expected, InputStream sealed) throws IOException {
    int last = expected.layout().blocks() - 1;
    if (sealed.read() >= 0) {
      return new Refused(Reason.TOO_LONG, last);
    }
    return Sha256.fromBytes(digest.digest()).equals(expected.plaintext())
        ? new Opened()
        : new Refused(Reason.OTHER_PLAINTEXT, last);
  }

  private boolean read(InputStream sealed, int bytes) throws IOException {
    return sealed.readNBytes(block, 0, bytes) == bytes;
  }
}
