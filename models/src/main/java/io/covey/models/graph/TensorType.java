package io.covey.models.graph;

import java.util.Optional;

/** What a tensor's elements are, in the order of their codes in the file format's schema. */
public enum TensorType {
  FLOAT32(0, 32),
  FLOAT16(1, 16),
  INT32(2, 32),
  UINT8(3, 8),
  INT64(4, 64),
  STRING(5, 0),
  BOOL(6, 8),
  INT16(7, 16),
  COMPLEX64(8, 64),
  INT8(9, 8),
  FLOAT64(10, 64),
  COMPLEX128(11, 128),
  UINT64(12, 64),
  RESOURCE(13, 0),
  VARIANT(14, 0),
  UINT32(15, 32),
  UINT16(16, 16),
  INT4(17, 4);

  private static final TensorType[] BY_CODE = values();

  private final byte code;
  private final int bits;

  TensorType(int code, int bits) {
    this.code = (byte) code;
    this.bits = bits;
  }

  /**
   * The size of one element in bits; 0 for text, and for handles, whose memory the runtime sizes
   * itself.
   */
  public int bits() {
    return bits;
  }

  /** The type's code in the file. */
  byte code() {
    return code;
  }

  /** The type with {@code code}, or nothing when there is none in this schema. */
  static Optional<TensorType> ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? Optional.of(BY_CODE[code]) : Optional.empty();
  }
}
