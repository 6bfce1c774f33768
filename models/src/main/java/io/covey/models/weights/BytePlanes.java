package io.covey.models.weights;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Codes as bytes and back: first the lowest byte of every code, then the next one of every code,
 * and so on. The highest bytes are much alike (sign and exponent of a weight, zeros of a
 * difference) and compress well beside each other; the lowest ones are noise, and do not.
 *
 * <p>Each plane is deflated (RFC 1951) with Huffman codes only: there are no repetitions to find in
 * weights, and looking for them takes most of the time.
 */
final class BytePlanes {
  private static final int PIECE_BYTES = 1 << 15;

  private BytePlanes() {}

  static byte[] spread(int[] codes, int codeBytes) {
    byte[] planes = new byte[Math.multiplyExact(codes.length, codeBytes)];
    int at = 0;
    for (int shift = 0; shift < codeBytes * Byte.SIZE; shift += Byte.SIZE) {
      for (int code : codes) {
        planes[at++] = (byte) (code >>> shift);
      }
    }
    return planes;
  }

  /** The codes, without sign. */
  static int[] gather(byte[] planes, int count) {
    int[] codes = new int[count];
    for (int at = 0, shift = 0; at < planes.length; shift += Byte.SIZE) {
      for (int i = 0; i < count; i++) {
        codes[i] |= (planes[at++] & 0xff) << shift;
      }
    }
    return codes;
  }

  static byte[] deflate(byte[] planes) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try {
      deflater.setStrategy(Deflater.HUFFMAN_ONLY);
      deflater.setInput(planes);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(planes.length / 2 + 64);
      byte[] piece = new byte[PIECE_BYTES];
      while (!deflater.finished()) {
        out.write(piece, 0, deflater.deflate(piece));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  /**
   * Takes no more memory than {@code expectedBytes}, whatever the content says.
   *
   * @throws ModelException when it is not exactly that many bytes deflated
   */
  static byte[] inflate(byte[] deflated, int from, int expectedBytes) {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(deflated, from, deflated.length - from);
      byte[] planes = new byte[expectedBytes];
      int filled = 0;
      while (filled < expectedBytes) {
        int some = inflater.inflate(planes, filled, expectedBytes - filled);
        if (some == 0) {
          throw damaged("they end after " + filled + " of " + expectedBytes + " bytes");
        }
        filled += some;
      }
      // The end of the stream may take one more call, which has no room to put anything.
      int surplus = inflater.finished() ? 0 : inflater.inflate(new byte[1]);
      if (surplus > 0 || !inflater.finished() || inflater.getRemaining() > 0) {
        throw damaged("there is more than " + expectedBytes + " bytes of them");
      }
      return planes;
    } catch (DataFormatException e) {
      throw damaged("not deflated data");
    } finally {
      inflater.end();
    }
  }

  private static ModelException damaged(String what) {
    return new ModelException(
        Reason.DAMAGED, "the weights are damaged: " + what + "; fetch them again");
  }
}
