package io.covey.models.quantization;

import io.covey.models.graph.DeadOperators;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import org.jspecify.annotations.Nullable;

/**
 * Makes a plain float graph smaller. Its inputs and outputs stay as they are, so that nobody who
 * calls it notices but by its speed, size and rounding.
 *
 * <p>Thread rule: any thread.
 */
public final class Quantizer {

  private Quantizer() {}

  /**
   * Quantizes.
   *
   * @param plain a float graph
   * @param ranges what its values are, for {@link QuantizationMode#FULL_INTEGER} only
   * @throws ModelException when the graph is quantized already, a weight is not finite, or ranges
   *     are missing
   */
  public static ModelGraph quantize(
      ModelGraph plain, QuantizationMode mode, @Nullable CalibrationRanges ranges) {
    Subgraph main = DeadOperators.removedFrom(plain.main());
    requireFloat(main);
    Subgraph quantized =
        switch (mode) {
          case DYNAMIC_RANGE -> DynamicRange.quantize(main);
          case FLOAT16 -> HalfWeights.quantize(main);
          case FULL_INTEGER -> new FullInteger(main, requireRanges(ranges)).quantize();
        };
    return plain.withMain(DeadOperators.removedFrom(quantized));
  }

  private static CalibrationRanges requireRanges(@Nullable CalibrationRanges ranges) {
    if (ranges == null) {
      throw new ModelException(
          Reason.UNSUPPORTED_CONVENTION,
          "int8 needs the ranges of the model's values; give examples to calibrate with, or choose"
              + " dynamic range, which needs none");
    }
    return ranges;
  }

  private static void requireFloat(Subgraph main) {
    for (GraphTensor tensor : main.tensors()) {
      if (tensor.type() == TensorType.INT8
          || tensor.type() == TensorType.UINT8
          || tensor.type() == TensorType.FLOAT16) {
        throw new ModelException(
            Reason.UNSUPPORTED_TYPE,
            "tensor '"
                + tensor.name()
                + "' is "
                + tensor.type()
                + ": the model is quantized already; give the float one");
      }
    }
  }
}
