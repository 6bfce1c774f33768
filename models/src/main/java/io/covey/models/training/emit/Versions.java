package io.covey.models.training.emit;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.OperatorOptions;

/**
 * Which version of an operator a use of it needs, as in TensorFlow Lite's {@code op_version.cc}.
 * The runtime asks only whether it knows the version.
 */
final class Versions {

  private Versions() {}

  static int of(Builtin code, OperatorOptions options) {
    if (code == Builtin.BROADCAST_TO) {
      return 2;
    }
    if (options instanceof OperatorOptions.Conv2D conv) {
      return conv.dilation().isOne() ? 1 : 2;
    }
    if (options instanceof OperatorOptions.DepthwiseConv2D conv) {
      return conv.dilation().isOne() ? 1 : 2;
    }
    return options instanceof OperatorOptions.FullyConnected dense && dense.keepNumDims() ? 5 : 1;
  }
}
