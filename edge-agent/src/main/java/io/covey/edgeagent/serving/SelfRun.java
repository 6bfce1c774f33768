package io.covey.edgeagent.serving;

import io.covey.edgeagent.serving.InferenceException.Reason;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run on zeros, before a version may answer anybody. */
public final class SelfRun {
  /** A model that wants more for a single example is not one for a device. */
  private static final long MAXIMUM_INPUT_BYTES = 256L << 20;

  private SelfRun() {}

  /**
   * Runs the model once, with a batch of one.
   *
   * @throws InferenceException when it asks for too much, or a value of an output is not finite
   * @throws io.covey.models.graph.ModelException when it fails
   */
  public static void check(ServableModel model) throws InferenceException {
    Map<String, Tensor> inputs = new HashMap<>();
    for (TensorSpec spec : model.signature().inputs()) {
      inputs.put(spec.name(), zeros(spec));
    }
    try (InferenceSession session = model.newSession()) {
      for (Map.Entry<String, Tensor> output : session.run(inputs).entrySet()) {
        Optional<String> problem = NonFinite.in(output.getValue());
        if (problem.isPresent()) {
          throw new InferenceException(
              Reason.FAILED,
              "the self-run on zeros failed: output '%s': %s"
                  .formatted(output.getKey(), problem.get()));
        }
      }
    }
  }

  private static Tensor zeros(TensorSpec spec) throws InferenceException {
    List<Integer> shape =
        spec.shape().stream().map(d -> d == TensorSpec.ANY ? Integer.valueOf(1) : d).toList();
    long bytes = spec.type().sizeBytes();
    for (int dimension : shape) {
      bytes *= dimension;
      if (bytes > MAXIMUM_INPUT_BYTES) {
        throw new InferenceException(
            Reason.FAILED,
            "input %s takes more than %d bytes for one example"
                .formatted(spec, MAXIMUM_INPUT_BYTES));
      }
    }
    return Tensor.of(spec.type(), shape, ByteBuffer.allocate((int) bytes));
  }
}
