package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelLimits;

/**
 * Loads models and runs them. The only door to the native runtime: everything that may go wrong
 * behind it is a {@link ModelException}.
 *
 * <p>Thread rule: safe for use by any number of threads.
 */
public interface ModelRuntime {

  /**
   * Checks and loads a {@code .tflite} file. The file is not kept; one native copy is, until the
   * model and its last session are closed.
   *
   * @param file the whole file; hostile bytes are refused
   * @throws ModelException when the file is damaged, too large, or needs what this runtime does not
   *     have
   */
  LoadedModel load(byte[] file);

  /** The TensorFlow Lite runtime with {@link ModelLimits#DEFAULT}. */
  static ModelRuntime tensorFlowLite() {
    return tensorFlowLite(ModelLimits.DEFAULT);
  }

  /** The TensorFlow Lite runtime with limits of one's own. */
  static ModelRuntime tensorFlowLite(ModelLimits limits) {
    return new TensorFlowLiteRuntime(limits, true);
  }

  /**
   * The same with {@link ModelLimits#DEFAULT} and without XNNPACK: slower, and rounding in other
   * places, as another processor may.
   */
  static ModelRuntime withoutAcceleration() {
    return new TensorFlowLiteRuntime(ModelLimits.DEFAULT, false);
  }
}
