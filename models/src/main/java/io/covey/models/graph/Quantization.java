package io.covey.models.graph;

import java.util.List;

/**
 * How integers stand for real numbers: {@code scale * (integer - zeroPoint)}, the same for the
 * whole tensor or one pair for each position along a dimension.
 *
 * @param scales one, or one for each position along {@code dimension}; none when only a range was
 *     recorded
 * @param zeroPoints as many
 * @param dimension along which the pairs lie, when there are several
 * @param smallest the smallest real values seen, for information; may be empty
 * @param largest the largest real values seen, for information; may be empty
 * @param isCustom whether it has further details in a form of its own, which is refused
 */
public record Quantization(
    List<Float> scales,
    List<Long> zeroPoints,
    int dimension,
    List<Float> smallest,
    List<Float> largest,
    boolean isCustom) {

  /** Copies. */
  public Quantization {
    scales = List.copyOf(scales);
    zeroPoints = List.copyOf(zeroPoints);
    smallest = List.copyOf(smallest);
    largest = List.copyOf(largest);
  }

  /** One pair for the whole tensor. */
  public static Quantization perTensor(float scale, long zeroPoint) {
    return new Quantization(
        List.of(scale), List.of(zeroPoint), 0, List.of(), List.of(), /* isCustom= */ false);
  }

  /** Symmetric: one scale for each position along {@code dimension}, every zero point 0. */
  public static Quantization perChannel(List<Float> scales, int dimension) {
    List<Long> zeroPoints = scales.stream().map(scale -> 0L).toList();
    return new Quantization(
        scales, zeroPoints, dimension, List.of(), List.of(), /* isCustom= */ false);
  }

  /** Whether integers stand for real numbers by scales; otherwise only a range was recorded. */
  public boolean hasScales() {
    return !scales.isEmpty();
  }
}
