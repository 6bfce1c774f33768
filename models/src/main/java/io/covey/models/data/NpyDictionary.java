package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The dictionary in an {@code .npy} header, a literal of Python: <code>
 * {'descr': '&lt;f4', 'fortran_order': False, 'shape': (3, 4), }</code>. It has these three keys
 * and no others, in any order. Nothing else of Python's syntax is understood.
 *
 * @param type such as {@code <f4}
 * @param columnMajor the value of {@code fortran_order}
 * @param shape the dimensions
 */
record NpyDictionary(String type, boolean columnMajor, ArrayShape shape) {

  /**
   * Reads the dictionary from {@code text}.
   *
   * @throws DataException when it is not one
   */
  static NpyDictionary parse(String text) {
    return new Parser(text).dictionary();
  }

  /** Reads left to right and never goes back. */
  private static final class Parser {

    private static final int MAXIMUM_DIGITS = 18;

    private final String text;
    private int position;
    private @Nullable String type;
    private @Nullable Boolean columnMajor;
    private @Nullable ArrayShape shape;

    Parser(String text) {
      this.text = text;
    }

    NpyDictionary dictionary() {
      expect('{');
      while (!accept('}')) {
        entry();
        if (!accept(',')) {
          expect('}');
          break;
        }
      }
      skipSpace();
      if (position != text.length() || type == null || columnMajor == null || shape == null) {
        throw malformed("the keys descr, fortran_order and shape, and nothing behind them");
      }
      return new NpyDictionary(type, columnMajor, shape);
    }

    private void entry() {
      String key = string();
      expect(':');
      switch (key) {
        case "descr" -> {
          requireNew(type);
          type = type();
        }
        case "fortran_order" -> {
          requireNew(columnMajor);
          columnMajor = truth();
        }
        case "shape" -> {
          requireNew(shape);
          shape = new ArrayShape(tuple());
        }
        default -> throw malformed("the keys descr, fortran_order and shape");
      }
    }

    private void requireNew(@Nullable Object earlier) {
      if (earlier != null) {
        throw malformed("each key once");
      }
    }

    private String type() {
      skipSpace();
      if (position < text.length() && text.charAt(position) == '[') {
        throw new DataException(
            Reason.UNSUPPORTED,
            "an array of records is not read; save each of its fields as an array of its own");
      }
      return string();
    }

    private boolean truth() {
      skipSpace();
      if (text.startsWith("True", position)) {
        position += "True".length();
        return true;
      }
      if (text.startsWith("False", position)) {
        position += "False".length();
        return false;
      }
      throw malformed("True or False");
    }

    private List<Integer> tuple() {
      List<Integer> dimensions = new ArrayList<>();
      expect('(');
      while (!accept(')')) {
        dimensions.add(dimension());
        if (!accept(',')) {
          expect(')');
          break;
        }
      }
      return dimensions;
    }

    private int dimension() {
      skipSpace();
      int start = position;
      if (accept('-')) {
        throw new DataException(
            Reason.WRONG_SHAPE, "the shape in the header has a negative dimension");
      }
      while (position < text.length() && "0123456789".indexOf(text.charAt(position)) >= 0) {
        position++;
      }
      int digits = position - start;
      if (digits == 0) {
        throw malformed("a whole number");
      }
      long value =
          digits > MAXIMUM_DIGITS ? Long.MAX_VALUE : Long.parseLong(text, start, position, 10);
      if (value > Integer.MAX_VALUE) {
        throw new DataException(
            Reason.TOO_LARGE, "the shape in the header has a dimension of 2^31 or more");
      }
      // Python 2 wrote 3L for a long.
      accept('L');
      return (int) value;
    }

    private String string() {
      skipSpace();
      char quote = position < text.length() ? text.charAt(position) : ' ';
      int end = quote == '\'' || quote == '"' ? text.indexOf(quote, position + 1) : -1;
      if (end < 0) {
        throw malformed("a string in quotes");
      }
      String value = text.substring(position + 1, end);
      position = end + 1;
      return value;
    }

    private boolean accept(char expected) {
      skipSpace();
      if (position < text.length() && text.charAt(position) == expected) {
        position++;
        return true;
      }
      return false;
    }

    private void expect(char expected) {
      if (!accept(expected)) {
        throw malformed("'" + expected + "'");
      }
    }

    private void skipSpace() {
      while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
        position++;
      }
    }

    private DataException malformed(String expected) {
      return new DataException(
          Reason.DAMAGED,
          "the header of the .npy array is malformed at character %d: expected %s"
              .formatted(position, expected));
    }
  }
}
