package io.covey.models.training.gradient;

import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.emit.WindowEmitter;

/** The gradient of a convolution for its filter. */
final class FilterGradient {

  private FilterGradient() {}

  /**
   * With batch and channels exchanged, the gradient is itself a filter that slides over the image,
   * as far as the filter has elements: {@code [in, h, w, n]} with {@code [out, oh, ow, n]} gives
   * {@code [in, kh, kw, out]}. Stride and dilation change places.
   *
   * @param image {@code [n, h, w, in]}
   * @param gradient of the result, {@code [n, oh, ow, out]}
   * @return {@code [out, kh, kw, in]}
   */
  static int of(GradientScope scope, int image, int gradient, WindowGeometry geometry) {
    Emitter emit = scope.emit();
    WindowEmitter windows = scope.windows();
    Extent touched = geometry.touched();
    int framed =
        windows.frame(image, geometry.top(), geometry.left(), touched.height(), touched.width());
    int images = emit.transpose(framed, 3, 1, 2, 0);
    int gradients = emit.transpose(gradient, 3, 1, 2, 0);
    int filters =
        windows.convolution(
            images,
            gradients,
            /* stride= */ geometry.dilation(),
            /* dilation= */ geometry.stride());
    return emit.transpose(filters, 3, 1, 2, 0);
  }
}
