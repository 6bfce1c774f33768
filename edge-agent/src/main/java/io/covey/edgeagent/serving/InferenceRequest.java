package io.covey.edgeagent.serving;

import io.covey.models.runtime.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request of the Open Inference Protocol v2, checked against the model that it is for.
 *
 * @param id to be returned as it came
 * @param inputs one for each of the model's, by name
 * @param outputs names of those wanted, in this order; empty for all
 */
record InferenceRequest(Optional<String> id, Map<String, Tensor> inputs, List<String> outputs) {
  InferenceRequest {
    inputs = Map.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
