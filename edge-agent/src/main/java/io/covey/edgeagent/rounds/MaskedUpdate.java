package io.covey.edgeagent.rounds;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.VectorDigest;
import io.covey.protocols.id.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A masked update, cut into the chunks that are sent.
 *
 * @param words of the whole update
 * @param chunks little-endian words each
 * @param digest of the chunks' digests
 */
record MaskedUpdate(int words, List<ByteString> chunks, Octets digest) {
  MaskedUpdate {
    chunks = List.copyOf(chunks);
  }

  /**
   * Masks an update in place and cuts it. For a worker.
   *
   * @param update plain; without meaning afterwards
   * @param terms are wiped, whatever happens
   */
  static MaskedUpdate of(ModularVector update, List<MaskTerm> terms, int chunkWords) {
    try {
      MaskExpander expander = new MaskExpander(Prg.aesCtr());
      terms.forEach(term -> expander.apply(term, update));
    } finally {
      terms.forEach(MaskTerm::close);
    }
    List<ByteString> chunks = new ArrayList<>();
    List<Sha256> digests = new ArrayList<>();
    for (int at = 0; at < update.length(); at += chunkWords) {
      byte[] chunk = bytes(update, at, Math.min(chunkWords, update.length() - at));
      digests.add(Sha256.of(chunk));
      // Nobody else holds the array, so it needs no copy to be immutable.
      chunks.add(UnsafeByteOperations.unsafeWrap(chunk));
    }
    return new MaskedUpdate(update.length(), chunks, VectorDigest.of(digests));
  }

  private static byte[] bytes(ModularVector update, int from, int count) {
    long[] words = new long[count];
    update.copyTo(from, count, words);
    byte[] bytes = new byte[Math.multiplyExact(count, Long.BYTES)];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(words);
    return bytes;
  }
}
