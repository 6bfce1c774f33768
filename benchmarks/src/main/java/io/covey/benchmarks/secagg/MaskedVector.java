package io.covey.benchmarks.secagg;

import io.covey.crypto.primitive.Octets;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A masked vector on its way to the coordinator: little-endian words, sent in chunks. */
final class MaskedVector {
  private final byte[] words;
  private final int chunkBytes;

  /**
   * Takes an array that nobody will change any more.
   *
   * @param littleEndianWords all of it
   * @param chunkBytes of every chunk but the last, which may be shorter
   */
  MaskedVector(byte[] littleEndianWords, int chunkBytes) {
    this.words = littleEndianWords;
    this.chunkBytes = chunkBytes;
  }

  int bytes() {
    return words.length;
  }

  ByteBuffer buffer() {
    return ByteBuffer.wrap(words).asReadOnlyBuffer();
  }

  /** SHA-256 over the SHA-256 digests of the chunks, as both sides compute it. */
  Octets digest() {
    MessageDigest ofChunk = sha256();
    MessageDigest ofAll = sha256();
    for (int at = 0; at < words.length; at += chunkBytes) {
      ofChunk.update(words, at, Math.min(chunkBytes, words.length - at));
      ofAll.update(ofChunk.digest());
    }
    return Octets.owning(ofAll.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime lacks SHA-256", e);
    }
  }
}
