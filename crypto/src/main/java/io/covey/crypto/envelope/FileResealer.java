package io.covey.crypto.envelope;

import io.covey.protocols.id.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Makes a sealed file again that somebody else has sealed, byte for byte, on a device that has come
 * by its plaintext in another way than by opening it. Nothing else may be sealed with a header that
 * is not fresh: two plaintexts under one header would be encrypted with the same nonces.
 *
 * <p>That cannot happen here, whatever the header says. A file's key is derived for its fleet,
 * model, version and role, and of those there is one plaintext, whose digest is compared before
 * anything is encrypted. What comes of it stays on the device.
 */
public final class FileResealer {
  private FileResealer() {}

  /**
   * Seals the file again.
   *
   * @param artifact the file that is to come of it
   * @param header that of the file, from whoever has it
   * @param plaintext of the file
   * @param sealed gets one whole block at a time, and nothing if the plaintext is another
   * @return whether the plaintext was that of the file; the caller compares what {@code sealed} got
   *     with the digest of the sealed file, which another header changes
   */
  public static boolean reseal(
      ContentKey key,
      SealedArtifact artifact,
      SealedHeader header,
      byte[] plaintext,
      OutputStream sealed)
      throws IOException {
    if (!Sha256.of(plaintext).equals(artifact.content().plaintext())) {
      return false;
    }
    var input = new FileSealer.SizedInput(new ByteArrayInputStream(plaintext), plaintext.length);
    FileSealer.seal(key, artifact.file(), header, input, sealed);
    return true;
  }
}
