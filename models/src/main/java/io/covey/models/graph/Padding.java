package io.covey.models.graph;

/** What a sliding window does at its input's edges, in the order of the schema's codes. */
public enum Padding {
  /** Zeros around, so that the output has {@code ceil(input / stride)} positions. */
  SAME(0),
  /** Only where the window fits wholly. */
  VALID(1);

  private final byte code;

  Padding(int code) {
    this.code = (byte) code;
  }

  /** Its code in the file. */
  byte code() {
    return code;
  }

  /** How many positions a window of {@code filter} has in {@code size}, along one dimension. */
  public int outputSize(int size, int filter, int stride, int dilation) {
    int reach = (filter - 1) * dilation + 1;
    return this == SAME ? (size + stride - 1) / stride : (size - reach + stride) / stride;
  }

  /**
   * How many zeros stand before the first element, along one dimension; as many or one more stand
   * after the last.
   */
  public int before(int size, int filter, int stride, int dilation) {
    return total(size, filter, stride, dilation) / 2;
  }

  /** How many zeros stand after the last element, along one dimension. */
  public int after(int size, int filter, int stride, int dilation) {
    int total = total(size, filter, stride, dilation);
    return total - total / 2;
  }

  private int total(int size, int filter, int stride, int dilation) {
    if (this == VALID) {
      return 0;
    }
    int reach = (filter - 1) * dilation + 1;
    return Math.max(0, (outputSize(size, filter, stride, dilation) - 1) * stride + reach - size);
  }
}
