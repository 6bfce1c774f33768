package io.covey.crypto.release;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.Sha256;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what {@link Canonical} wrote, field by field. Nothing is allocated for a length before that
 * many bytes are known to be there.
 *
 * <p>Belongs to one thread.
 */
final class Fields {
  /** Names and digests in hex are no longer. */
  private static final int TEXT_BYTES = 64;

  private final ByteBuffer bytes;

  /** One element of a list. */
  interface Element<T> {
    T read(Fields fields) throws MalformedReleaseException;
  }

  /** Everything of a document. */
  interface Whole<T> extends Element<T> {}

  private Fields(Octets encoded) {
    bytes = ByteBuffer.wrap(encoded.toBytes());
  }

  /**
   * Reads a statement that begins with this label. Fields behind the ones that {@code whole} reads
   * are ignored: a later version may have added them.
   *
   * @throws MalformedReleaseException for whatever is not one, and nothing else
   */
  static <T> T read(String label, Octets encoded, Whole<T> whole) throws MalformedReleaseException {
    try {
      Fields fields = new Fields(encoded);
      String found = fields.text();
      if (!found.equals(label)) {
        throw new MalformedReleaseException("a statement of another kind, expected " + label);
      }
      return whole.read(fields);
    } catch (BufferUnderflowException e) {
      throw new MalformedReleaseException("ends before its last field, expected " + label, e);
    } catch (IllegalArgumentException e) {
      // Values that no valid object can have; the constructors say which.
      throw new MalformedReleaseException(label + ": " + e.getMessage(), e);
    }
  }

  long number() {
    return bytes.getLong();
  }

  double real() {
    return Double.longBitsToDouble(bytes.getLong());
  }

  /** A count or a length. */
  int number(int minimum, int maximum) throws MalformedReleaseException {
    long number = bytes.getLong();
    if (number < minimum || number > maximum) {
      throw new MalformedReleaseException(
          "count of %d, expected %d to %d".formatted(number, minimum, maximum));
    }
    return (int) number;
  }

  /** Every byte becomes one character, so that nothing but ASCII passes the checks of names. */
  String text() throws MalformedReleaseException {
    return new String(octets(TEXT_BYTES).toBytes(), StandardCharsets.ISO_8859_1);
  }

  Sha256 digest() throws MalformedReleaseException {
    return new Sha256(text());
  }

  Octets octets(int most) throws MalformedReleaseException {
    int length = bytes.getInt();
    if (length < 0 || length > Math.min(most, bytes.remaining())) {
      throw new MalformedReleaseException(
          "field of %d bytes, expected 0 to %d".formatted(length, most));
    }
    byte[] field = new byte[length];
    bytes.get(field);
    return Octets.owning(field);
  }

  <T> List<T> list(int most, Element<T> element) throws MalformedReleaseException {
    int count = number(0, most);
    List<T> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(element.read(this));
    }
    return list;
  }

  /** How many bytes are left. */
  int remaining() {
    return bytes.remaining();
  }
}
