package io.covey.benchmarks.secagg;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.VectorDigest;
import io.covey.protocols.id.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

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

  /** Hashes every chunk, as both sides do. */
  Octets digest() {
    List<Sha256> chunks = new ArrayList<>();
    for (int at = 0; at < words.length; at += chunkBytes) {
      chunks.add(Sha256.of(ByteBuffer.wrap(words, at, Math.min(chunkBytes, words.length - at))));
    }
    return VectorDigest.of(chunks);
  }
}
