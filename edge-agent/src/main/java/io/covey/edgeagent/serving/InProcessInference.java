package io.covey.edgeagent.serving;

import io.covey.edgeagent.serving.InferenceException.Reason;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import io.covey.protocols.id.ModelName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Inference for a caller in the same process, in arrays of floats. */
public final class InProcessInference {
  private InProcessInference() {}

  /**
   * Runs a model whose inputs and outputs are 32-bit floats.
   *
   * @param inputs in the order of the inputs' names, row by row
   */
  public static Map<String, float[]> run(ServingModels models, ModelName name, float[]... inputs)
      throws InferenceException {
    try (ServingModels.Use use = models.use(name.value(), Optional.empty())) {
      List<TensorSpec> specs = use.version().signature().inputs();
      if (specs.size() != inputs.length) {
        throw invalid("model '%s' takes %s".formatted(name, specs));
      }
      Map<String, Tensor> tensors = new HashMap<>();
      for (int i = 0; i < inputs.length; i++) {
        tensors.put(specs.get(i).name(), tensor(specs.get(i), inputs[i]));
      }
      Map<String, float[]> outputs = new TreeMap<>();
      for (Map.Entry<String, Tensor> output : use.run(tensors).entrySet()) {
        if (output.getValue().type() != ElementType.FLOAT32) {
          throw invalid(
              "output '%s' of model '%s' is not FLOAT32".formatted(output.getKey(), name));
        }
        outputs.put(output.getKey(), output.getValue().toFloats());
      }
      return outputs;
    }
  }

  private static Tensor tensor(TensorSpec spec, float[] values) throws InferenceException {
    long fixed = 1;
    int open = 0;
    for (int dimension : spec.shape()) {
      if (dimension == TensorSpec.ANY) {
        open++;
      } else {
        fixed *= dimension;
      }
    }
    boolean fits = open == 0 ? values.length == fixed : open == 1 && values.length % fixed == 0;
    if (!fits || values.length == 0 || spec.type() != ElementType.FLOAT32) {
      throw invalid("%d floats do not fit input %s".formatted(values.length, spec));
    }
    int rest = (int) (values.length / fixed);
    List<Integer> shape = new ArrayList<>();
    spec.shape().forEach(d -> shape.add(d == TensorSpec.ANY ? rest : d));
    return Tensor.ofFloats(shape, values);
  }

  private static InferenceException invalid(String message) {
    return new InferenceException(Reason.INVALID_REQUEST, message);
  }
}
