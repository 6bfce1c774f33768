package io.covey.models.runtime;

import org.jspecify.annotations.Nullable;

/**
 * The element types that a tensor at a model's edge may have, with their codes in the file and in
 * the native runtime.
 */
public enum ElementType {
  /** IEEE 754 single precision. */
  FLOAT32(4, 0, 1),
  /** Signed 32-bit integers. */
  INT32(4, 2, 2),
  /** Unsigned bytes. */
  UINT8(1, 3, 3),
  /** Signed 64-bit integers. */
  INT64(8, 4, 4),
  /** One byte each, 0 or 1. */
  BOOL(1, 6, 6),
  /** Signed 16-bit integers. */
  INT16(2, 7, 7),
  /** Signed bytes. */
  INT8(1, 9, 9),
  /** IEEE 754 double precision. */
  FLOAT64(8, 10, 11);

  private final int sizeBytes;
  private final int schemaCode;
  private final int nativeCode;

  ElementType(int sizeBytes, int schemaCode, int nativeCode) {
    this.sizeBytes = sizeBytes;
    this.schemaCode = schemaCode;
    this.nativeCode = nativeCode;
  }

  /** The size of one element in bytes. */
  public int sizeBytes() {
    return sizeBytes;
  }

  /** The native runtime's {@code TfLiteType}. */
  int nativeCode() {
    return nativeCode;
  }

  /**
   * The type with this code in the file's schema ({@code TensorType}), or null where Covey supports
   * none.
   */
  static @Nullable ElementType ofSchemaCode(int schemaCode) {
    for (ElementType type : values()) {
      if (type.schemaCode == schemaCode) {
        return type;
      }
    }
    return null;
  }
}
