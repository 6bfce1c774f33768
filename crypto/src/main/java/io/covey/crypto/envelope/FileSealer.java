package io.covey.crypto.envelope;

import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.id.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.Arrays;

/** Seals files, at the coordinator: once for the whole fleet. Belongs to one thread. */
public final class FileSealer {
  private final RandomWords random;

  /**
   * Seals with this randomness.
   *
   * @param random for salts and nonce prefixes; two files must not get the same
   */
  public FileSealer(RandomWords random) {
    this.random = random;
  }

  /**
   * Seals a whole file. Stops in the middle when either stream fails: what was written is then
   * worth nothing.
   *
   * @param sealed gets {@link SealedLayout#sealedBytes()} bytes, one whole block at a time
   * @throws EOFException if {@code plaintext} is shorter
   */
  public SealedFile seal(ContentKey key, ModelFile file, SizedInput plaintext, OutputStream sealed)
      throws IOException {
    return seal(key, file, SealedHeader.generate(random), plaintext, sealed);
  }

  /** A stream and how much of it is meant. */
  public record SizedInput(InputStream stream, long bytes) {}

  /** With a header of the caller's: {@link FileResealer} says who may. */
  static SealedFile seal(
      ContentKey key, ModelFile file, SealedHeader header, SizedInput input, OutputStream sealed)
      throws IOException {
    SealedLayout layout = SealedLayout.of(input.bytes());
    BlockCipher cipher = new BlockCipher(key, file, header, layout);
    byte[] plain = new byte[layout.plaintextBytes(0) + layout.headerBytes(0)];
    byte[] block = new byte[layout.sealedBytes(0)];
    header.writeTo(block);
    MessageDigest ofPlaintext = Sha256.newDigest();
    MessageDigest ofSealed = Sha256.newDigest();
    for (int i = 0; i < layout.blocks(); i++) {
      read(input, plain, layout.plaintextBytes(i), layout.plaintextOffset(i));
      cipher.seal(i, plain, block);
      ofPlaintext.update(plain, 0, layout.plaintextBytes(i));
      ofSealed.update(block, 0, layout.sealedBytes(i));
      sealed.write(block, 0, layout.sealedBytes(i));
    }
    Arrays.fill(plain, (byte) 0);
    return new SealedFile(
        Sha256.fromBytes(ofPlaintext.digest()),
        layout.plaintextBytes(),
        Sha256.fromBytes(ofSealed.digest()),
        layout.sealedBytes());
  }

  private static void read(SizedInput input, byte[] plain, int bytes, long offset)
      throws IOException {
    int read = input.stream().readNBytes(plain, 0, bytes);
    if (read != bytes) {
      throw new EOFException(
          "plaintext of %d bytes, expected %d".formatted(offset + read, input.bytes()));
    }
  }
}
