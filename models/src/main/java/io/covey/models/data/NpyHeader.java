package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands before the values of an {@code .npy} file, versions 1.0 to 3.0: NumPy Enhancement
 * Proposal 1, "A Simple File Format for NumPy Arrays", and {@code numpy.lib.format}.
 *
 * @param kind of the elements
 * @param order of the bytes of each element
 * @param columnMajor whether the first index is the fastest (Fortran's order)
 * @param shape of the array
 */
record NpyHeader(ElementKind kind, ByteOrder order, boolean columnMajor, ArrayShape shape) {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int VERSION_BYTES = 2;

  /** An honest header has about a hundred bytes; NumPy itself trusts no more than 10,000. */
  private static final int MAXIMUM_BYTES = 10_000;

  private static final Pattern TYPE = Pattern.compile("([<>|=]?)([a-zA-Z])(\\d{0,9}).*");

  /**
   * Reads a header and leaves {@code in} at the first value.
   *
   * @throws DataException when there is none, or it describes an array that is not read
   */
  static NpyHeader read(InputStream in) throws IOException {
    byte[] start = exactly(in, MAGIC.length + VERSION_BYTES);
    for (int i = 0; i < MAGIC.length; i++) {
      if (start[i] != MAGIC[i]) {
        throw new DataException(
            Reason.DAMAGED, "this is no .npy array; write one with numpy.save(file, array)");
      }
    }
    int version = start[MAGIC.length];
    if (version < 1 || version > 3 || start[MAGIC.length + 1] != 0) {
      throw new DataException(
          Reason.UNSUPPORTED,
          "version %d.%d of the .npy format is not read; 1.0 to 3.0 are"
              .formatted(version & 0xFF, start[MAGIC.length + 1] & 0xFF));
    }
    Charset charset = version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    byte[] dictionary = exactly(in, length(in, version == 1 ? Short.BYTES : Integer.BYTES));
    return of(NpyDictionary.parse(new String(dictionary, charset)));
  }

  private static int length(InputStream in, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(exactly(in, bytes)).order(ByteOrder.LITTLE_ENDIAN);
    long length =
        bytes == Short.BYTES
            ? Short.toUnsignedInt(buffer.getShort())
            : Integer.toUnsignedLong(buffer.getInt());
    if (length > MAXIMUM_BYTES) {
      throw new DataException(
          Reason.DAMAGED,
          "the header claims %d bytes, more than the %d of any honest one"
              .formatted(length, MAXIMUM_BYTES));
    }
    return (int) length;
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new DataException(Reason.DAMAGED, "the file ends within the header of an .npy array");
    }
    return bytes;
  }

  private static NpyHeader of(NpyDictionary dictionary) {
    String type = dictionary.type();
    Matcher matcher = TYPE.matcher(type);
    if (!matcher.matches()) {
      throw unsupported(type);
    }
    ElementKind kind = ElementKind.ofCode(matcher.group(2) + matcher.group(3));
    String mark = matcher.group(1);
    if (kind == null || !matcher.group(0).equals(mark + matcher.group(2) + matcher.group(3))) {
      throw unsupported(type);
    }
    // Order matters from two bytes on; "=" would mean that of a machine that is not known here.
    if (kind.bytes() > 1 && !mark.equals("<") && !mark.equals(">")) {
      throw new DataException(
          Reason.DAMAGED, "type '" + type + "' does not say in which order its bytes are");
    }
    ByteOrder order = mark.equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return new NpyHeader(kind, order, dictionary.columnMajor(), dictionary.shape());
  }

  private static DataException unsupported(String type) {
    String what =
        type.contains("O")
            ? "an array of Python objects, which only running code from the file could read"
            : "an array of type '" + (type.length() > 20 ? type.substring(0, 20) : type) + "'";
    return new DataException(
        Reason.UNSUPPORTED,
        what + " is not read; convert it with array.astype('float32') or to whole numbers");
  }
}
