package io.covey.protocols.settings;

import io.covey.protocols.settings.Raw.Origin;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/**
 * How one kind of single value is read, compared and written.
 *
 * @param expected what a value should look like, as in "expected ..."
 * @param reader from text to value
 * @param writer from value to the text that the reader takes back
 * @param order how two values compare; empty when the type has no order
 */
record ValueType<T>(
    String expected, Reader<T> reader, Function<T, String> writer, Optional<Order<T>> order) {

  /** Reads a value. */
  interface Reader<T> {
    /**
     * Reads text that was given at the origin.
     *
     * @throws IllegalArgumentException when the text is not such a value; the message says what is
     *     expected
     * @throws IOException when what the text names cannot be read
     */
    T read(String text, Origin origin) throws IOException;
  }

  /** Compares two values as {@link java.util.Comparator} does. */
  interface Order<T> {
    int compare(T left, T right);
  }

  static <T> ValueType<T> unordered(String expected, Reader<T> reader, Function<T, String> writer) {
    return new ValueType<>(expected, reader, writer, Optional.empty());
  }

  static <T extends Comparable<T>> ValueType<T> ordered(
      String expected, Function<String, T> reader, Function<T, String> writer) {
    return new ValueType<>(
        expected, (text, origin) -> reader.apply(text), writer, Optional.of(Comparable::compareTo));
  }
}
