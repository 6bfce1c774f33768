package io.covey.models.quantization;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.Quantization;

/**
 * The smallest and the largest value that a tensor takes.
 *
 * @param smallest finite
 * @param largest finite, and no less
 */
public record ValueRange(float smallest, float largest) {

  private static final int LOWEST = Byte.MIN_VALUE;
  private static final int HIGHEST = Byte.MAX_VALUE;

  /** Ranges below this are widened by it at both ends, lest the scale vanish. */
  private static final double NARROWEST = 1e-6;

  /** Checks that both are finite and in order. */
  public ValueRange {
    if (!Float.isFinite(smallest) || !Float.isFinite(largest) || smallest > largest) {
      throw new ModelException(
          Reason.EXECUTION_FAILED,
          "values from "
              + smallest
              + " to "
              + largest
              + " cannot be quantized; see that weights and examples are finite numbers");
    }
  }

  /** The range of both. */
  public ValueRange with(ValueRange other) {
    return new ValueRange(Math.min(smallest, other.smallest), Math.max(largest, other.largest));
  }

  /**
   * One scale and zero point for bytes: zero is in the range and exact, since padding is zero
   * (Jacob et al., "Quantization and Training of Neural Networks for Efficient
   * Integer-Arithmetic-Only Inference", section 3); nudged at the end that rounds better, as
   * TensorFlow Lite's converter does.
   */
  Quantization asymmetric() {
    double low = Math.min(smallest, 0);
    double high = Math.max(largest, 0);
    if (low == high) {
      return Quantization.perTensor(1, 0);
    }
    if (high - low < NARROWEST) {
      low -= NARROWEST;
      high += NARROWEST;
    }
    double scale = (high - low) / (HIGHEST - LOWEST);
    double fromLow = LOWEST - low / scale;
    double fromHigh = HIGHEST - high / scale;
    double errorLow = Math.abs(LOWEST) + Math.abs(low / scale);
    double errorHigh = Math.abs(HIGHEST) + Math.abs(high / scale);
    double zero = errorLow < errorHigh ? fromLow : fromHigh;
    long nudged = Math.round(Math.max(LOWEST, Math.min(HIGHEST, zero)));
    return Quantization.perTensor((float) scale, nudged);
  }
}
