package io.covey.models.difference;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * What leads from one file to another of the same length.
 *
 * <pre>
 * offset  bytes  little-endian
 *      0      4  "CVYD"
 *      4      1  version of this format: 1
 *      5      1  bytes of an element: 1, 2 or 4
 *      6      2  0
 *      8      4  length of either file, at least 1
 *     12      .  planes of differences ({@link ElementDifference}), deflated (RFC 1951)
 * </pre>
 *
 * <p>The difference names neither file: whoever uses it knows the digests of both. What is read is
 * hostile until it is checked; it takes no more memory than a block of planes, whatever it says.
 */
public final class FileDifference {
  private static final int MAGIC = 'C' | ('V' << 8) | ('Y' << 16) | ('D' << 24);
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 12;
  private static final int PIECE_BYTES = 1 << 15;
  private static final int[] WIDTHS = {1, 2, 4};

  /** The first finds zeros in a row, the second is for numbers that have all changed. */
  private static final int[] STRATEGIES = {Deflater.FILTERED, Deflater.HUFFMAN_ONLY};

  private FileDifference() {}

  /**
   * The smallest difference that is found, of one of the three widths.
   *
   * @return empty if the files have no difference of this kind, since their lengths differ
   */
  public static Optional<byte[]> between(byte[] base, byte[] file) {
    if (base.length != file.length || file.length == 0) {
      return Optional.empty();
    }
    byte[] smallest = null;
    for (int width : WIDTHS) {
      for (int strategy : STRATEGIES) {
        byte[] difference = write(base, file, new ElementDifference(width), strategy);
        smallest = smallest == null || difference.length < smallest.length ? difference : smallest;
      }
    }
    return Optional.ofNullable(smallest);
  }

  private static byte[] write(byte[] base, byte[] file, ElementDifference elements, int strategy) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(file.length / 4 + HEADER_BYTES);
    out.writeBytes(
        ByteBuffer.allocate(HEADER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(MAGIC)
            .put((byte) VERSION)
            .put((byte) elements.width())
            .putShort((short) 0)
            .putInt(file.length)
            .array());
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try {
      deflater.setStrategy(strategy);
      byte[] planes = new byte[ElementDifference.BLOCK * elements.width()];
      byte[] piece = new byte[PIECE_BYTES];
      for (int at = 0; at < file.length; ) {
        int bytes = elements.blockBytes(at, file.length);
        elements.spread(base, file, at, bytes, planes);
        deflater.setInput(planes, 0, bytes);
        while (!deflater.needsInput()) {
          out.write(piece, 0, deflater.deflate(piece));
        }
        at += bytes;
      }
      deflater.finish();
      while (!deflater.finished()) {
        out.write(piece, 0, deflater.deflate(piece));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  /**
   * Makes the second file of the first, in its place.
   *
   * @param file the first; when this fails, neither of the two any more
   * @throws DamagedDifferenceException when it is no difference between files of this length
   */
  public static void apply(byte[] difference, byte[] file) throws DamagedDifferenceException {
    ElementDifference elements = header(difference, file.length);
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(difference, HEADER_BYTES, difference.length - HEADER_BYTES);
      byte[] planes = new byte[Math.min(file.length, ElementDifference.BLOCK * elements.width())];
      for (int at = 0; at < file.length; ) {
        int bytes = elements.blockBytes(at, file.length);
        fill(inflater, planes, bytes);
        elements.add(planes, file, at, bytes);
        at += bytes;
      }
      // The end of the stream may take one more call, which has no room to put anything.
      int surplus = inflater.finished() ? 0 : inflater.inflate(new byte[1]);
      require(
          surplus == 0 && inflater.finished() && inflater.getRemaining() == 0,
          "it does not end where the file does");
    } catch (DataFormatException e) {
      throw new DamagedDifferenceException("not deflated data");
    } finally {
      inflater.end();
    }
  }

  private static ElementDifference header(byte[] difference, int length)
      throws DamagedDifferenceException {
    require(difference.length > HEADER_BYTES, "it has only " + difference.length + " bytes");
    ByteBuffer header = ByteBuffer.wrap(difference).order(ByteOrder.LITTLE_ENDIAN);
    require(header.getInt() == MAGIC, "it does not begin with CVYD");
    int version = header.get();
    require(version == VERSION, "version " + version + " of the format, known is " + VERSION);
    int width = header.get();
    require(ElementDifference.isWidth(width), "elements of " + width + " bytes");
    require(header.getShort() == 0, "unknown flags");
    int said = header.getInt();
    require(said == length, "for files of %d bytes, this one has %d".formatted(said, length));
    return new ElementDifference(width);
  }

  private static void fill(Inflater inflater, byte[] planes, int bytes)
      throws DataFormatException, DamagedDifferenceException {
    int filled = 0;
    while (filled < bytes) {
      int some = inflater.inflate(planes, filled, bytes - filled);
      require(some > 0, "it ends before the file does");
      filled += some;
    }
  }

  private static void require(boolean holds, String otherwise) throws DamagedDifferenceException {
    if (!holds) {
      throw new DamagedDifferenceException(otherwise);
    }
  }
}
