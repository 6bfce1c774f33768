package io.covey.models.quantization;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.Quantization;
import java.util.List;

/**
 * Which scales the runtime's kernels for bytes can take. Some express the ratio of scales as a
 * factor below one, in fixed point, and end the process when it is not; such an operator then runs
 * on floats.
 */
final class KernelBounds {

  /** By how many bits SQUARED_DIFFERENCE shifts what it reads to the left, before it squares. */
  private static final int DIFFERENCE_SHIFT = 7;

  /**
   * XNNPACK takes products up to 256 steps; the largest channel's scale may be twice that given.
   */
  private static final double LARGEST_PRODUCT = 64;

  private KernelBounds() {}

  /**
   * Whether the kernel of {@code code} can run, with a half to spare.
   *
   * @param inputs the scales of what it reads; of weights, one for all of them
   * @param outputs the scales of what it writes
   */
  static boolean allow(Builtin code, List<Quantization> inputs, List<Quantization> outputs) {
    double in = largest(inputs);
    return switch (code) {
      case SQUARED_DIFFERENCE ->
          outputs.stream()
              .allMatch(output -> 4 * in * in < (1L << (2 * DIFFERENCE_SHIFT)) * scale(output) / 2);
      case CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, FULLY_CONNECTED ->
          outputs.stream().allMatch(output -> product(inputs) < LARGEST_PRODUCT * scale(output));
      case EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL -> in < 1;
      default -> true;
    };
  }

  private static double product(List<Quantization> quantizations) {
    return quantizations.stream().mapToDouble(KernelBounds::scale).reduce(1, (a, b) -> a * b);
  }

  private static double largest(List<Quantization> quantizations) {
    return quantizations.stream().mapToDouble(KernelBounds::scale).max().orElse(0);
  }

  private static double scale(Quantization quantization) {
    return quantization.scales().get(0);
  }
}
