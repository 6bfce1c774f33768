package io.covey.simulator.clock;

import io.covey.protocols.id.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Independent seeds from one: each use has its own, so that a change in how one part draws does not
 * shift all the others.
 *
 * @param root the seed that a person gives
 */
public record Seeds(long root) {

  /**
   * The seed for one use: the first 8 bytes of a SHA-256 over root, index and name.
   *
   * @param use what it is for
   * @param index which of several
   */
  public long of(String use, int index) {
    MessageDigest digest = Sha256.newDigest();
    digest.update(
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES).putLong(root).putInt(index).flip());
    digest.update(use.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(digest.digest()).getLong();
  }

  /** The seed for a use of which there is only one. */
  public long of(String use) {
    return of(use, 0);
  }
}
