package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.Sha256;
import java.security.MessageDigest;
import java.util.List;

/**
 * The digest of a masked vector that is sent in chunks: SHA-256 over the SHA-256 digests of its
 * chunks, in their order, 32 bytes each. So each chunk is hashed once when it is sent and once when
 * it arrives, in whatever order it arrives, and a vector is never hashed twice.
 *
 * <p>Where chunks begin is no part of it. It is fixed by {@link SessionDescriptor.Vector} and by
 * the number of words that is signed beside it.
 */
public final class VectorDigest {
  private VectorDigest() {}

  /**
   * Of the digests of all chunks, each of its little-endian words.
   *
   * @param chunks at least one
   * @return 32 bytes
   */
  public static Octets of(List<Sha256> chunks) {
    if (chunks.isEmpty()) {
      throw new IllegalArgumentException("0 chunks, expected at least 1");
    }
    MessageDigest digest = Sha256.newDigest();
    chunks.forEach(chunk -> digest.update(chunk.toBytes()));
    return Octets.owning(digest.digest());
  }
}
