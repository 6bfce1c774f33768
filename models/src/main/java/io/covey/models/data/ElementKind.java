package io.covey.models.data;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The types of elements that are read, with their names in NumPy's headers. */
enum ElementKind {
  FLOAT16("f2", 2, true),
  FLOAT32("f4", 4, true),
  FLOAT64("f8", 8, true),
  BOOL("b1", 1, false),
  INT8("i1", 1, false),
  UINT8("u1", 1, false),
  INT16("i2", 2, false),
  UINT16("u2", 2, false),
  INT32("i4", 4, false),
  UINT32("u4", 4, false),
  INT64("i8", 8, false),
  UINT64("u8", 8, false);

  private final String code;
  private final int bytes;
  private final boolean floating;

  ElementKind(String code, int bytes, boolean floating) {
    this.code = code;
    this.bytes = bytes;
    this.floating = floating;
  }

  /** The kind with this name, such as {@code f4}, or null where none is read. */
  static @Nullable ElementKind ofCode(String code) {
    for (ElementKind kind : values()) {
      if (kind.code.equals(code)) {
        return kind;
      }
    }
    return null;
  }

  /** Bytes of one element. */
  int bytes() {
    return bytes;
  }

  /** Whether the elements are fractions. */
  boolean isFloating() {
    return floating;
  }

  /**
   * The element at {@code index} of a whole kind; false is 0 and anything else is true, 1. What is
   * beyond a long becomes its largest value.
   */
  long wholeAt(ByteBuffer elements, int index) {
    return switch (this) {
      case BOOL -> elements.get(index) == 0 ? 0 : 1;
      case INT8 -> elements.get(index);
      case UINT8 -> Byte.toUnsignedInt(elements.get(index));
      case INT16 -> elements.getShort(2 * index);
      case UINT16 -> Short.toUnsignedInt(elements.getShort(2 * index));
      case INT32 -> elements.getInt(4 * index);
      case UINT32 -> Integer.toUnsignedLong(elements.getInt(4 * index));
      case INT64 -> elements.getLong(8 * index);
      // Saturates: a number from 2^63 on must not turn into a small negative one.
      case UINT64 -> {
        long value = elements.getLong(8 * index);
        yield value < 0 ? Long.MAX_VALUE : value;
      }
      case FLOAT16, FLOAT32, FLOAT64 -> throw new IllegalStateException(this + " is no whole kind");
    };
  }
}
