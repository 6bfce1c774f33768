package io.covey.models.runtime;

import io.covey.models.graph.TensorType;
import org.jspecify.annotations.Nullable;

/**
 * The element types that a tensor at a model's edge may have, with their counterparts in the file
 * and in the native runtime.
 */
public enum ElementType {
  /** IEEE 754 single precision. */
  FLOAT32(4, TensorType.FLOAT32, 1),
  /** Signed 32-bit integers. */
  INT32(4, TensorType.INT32, 2),
  /** Unsigned bytes. */
  UINT8(1, TensorType.UINT8, 3),
  /** Signed 64-bit integers. */
  INT64(8, TensorType.INT64, 4),
  /** One byte each, 0 or 1. */
  BOOL(1, TensorType.BOOL, 6),
  /** Signed 16-bit integers. */
  INT16(2, TensorType.INT16, 7),
  /** Signed bytes. */
  INT8(1, TensorType.INT8, 9),
  /** IEEE 754 double precision. */
  FLOAT64(8, TensorType.FLOAT64, 11);

  private final int sizeBytes;
  private final TensorType graphType;
  private final int nativeCode;

  ElementType(int sizeBytes, TensorType graphType, int nativeCode) {
    this.sizeBytes = sizeBytes;
    this.graphType = graphType;
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

  /** The type of a tensor of {@code graphType}, or null where it cannot be handed over. */
  static @Nullable ElementType of(TensorType graphType) {
    for (ElementType type : values()) {
      if (type.graphType == graphType) {
        return type;
      }
    }
    return null;
  }
}
