package io.covey.models.quantization;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What values a plain graph's tensors took on examples.
 *
 * @param byTensor by the tensor's position in the main subgraph without dead operators
 * @param examples how many examples were looked at
 */
public record CalibrationRanges(Map<Integer, ValueRange> byTensor, int examples) {

  /** Copies. */
  public CalibrationRanges {
    byTensor = Map.copyOf(byTensor);
  }

  /** The range of a tensor, or null when none was seen. */
  @Nullable ValueRange of(int tensor) {
    return byTensor.get(tensor);
  }
}
