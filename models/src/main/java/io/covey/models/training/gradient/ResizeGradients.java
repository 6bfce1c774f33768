package io.covey.models.training.gradient;

import io.covey.models.graph.OperatorOptions.ResizeBilinear;
import io.covey.models.graph.OperatorOptions.ResizeNearest;
import io.covey.models.training.emit.Emitter;
import java.util.List;

/**
 * The rules of resizing images {@code [n, h, w, c]}. Along each dimension that is a linear map, as
 * a matrix with a row for each new pixel; the gradient goes through the transposed matrices.
 */
final class ResizeGradients {

  private ResizeGradients() {}

  static void bilinear(GradientScope scope) {
    ResizeBilinear options = scope.options(ResizeBilinear.class);
    Sampling sampling = new Sampling(options.alignCorners(), options.halfPixelCenters(), true);
    differentiate(scope, sampling);
  }

  static void nearest(GradientScope scope) {
    ResizeNearest options = scope.options(ResizeNearest.class);
    Sampling sampling = new Sampling(options.alignCorners(), options.halfPixelCenters(), false);
    differentiate(scope, sampling);
  }

  private static void differentiate(GradientScope scope, Sampling sampling) {
    scope.requireKnown(0, 1);
    Emitter emit = scope.emit();
    List<Integer> image = scope.inputShape(0);
    List<Integer> resized = scope.outputShape();
    int batch = image.get(0);
    int height = image.get(1);
    int width = image.get(2);
    int channels = image.get(3);
    int columns =
        emit.floats(List.of(1, 1, resized.get(2), width), sampling.matrix(width, resized.get(2)));
    int narrow = emit.matrixProduct(columns, true, scope.gradient(), false);
    int rows =
        emit.floats(List.of(1, resized.get(1), height), sampling.matrix(height, resized.get(1)));
    int lines = emit.reshape(narrow, List.of(batch, resized.get(1), width * channels));
    int shrunk = emit.matrixProduct(rows, true, lines, false);
    scope.give(0, emit.reshape(shrunk, List.of(batch, height, width, channels)));
  }

  /**
   * How new pixels are read off the old ones, as TensorFlow Lite's reference kernels do it ({@code
   * ComputeInterpolationValues} and {@code GetNearestNeighbor}).
   */
  private record Sampling(boolean alignCorners, boolean halfPixelCenters, boolean isBilinear) {

    /** {@code [to, from]}, row-major. */
    float[] matrix(int from, int to) {
      float scale = alignCorners && to > 1 ? (from - 1) / (float) (to - 1) : from / (float) to;
      float[] matrix = new float[to * from];
      for (int pixel = 0; pixel < to; pixel++) {
        int row = pixel * from;
        if (isBilinear) {
          float position = halfPixelCenters ? (pixel + 0.5f) * scale - 0.5f : pixel * scale;
          int lower = Math.max((int) Math.floor(position), 0);
          int upper = Math.min((int) Math.ceil(position), from - 1);
          matrix[row + lower] += 1 - (position - lower);
          matrix[row + upper] += position - lower;
        } else {
          matrix[row + nearest(pixel, scale, from)] = 1;
        }
      }
      return matrix;
    }

    private int nearest(int pixel, float scale, int from) {
      float position = (pixel + (halfPixelCenters ? 0.5f : 0f)) * scale;
      int chosen = alignCorners ? Math.round(position) : (int) Math.floor(position);
      return Math.max(0, Math.min(chosen, from - 1));
    }
  }
}
