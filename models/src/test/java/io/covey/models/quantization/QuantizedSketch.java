package io.covey.models.quantization;

import io.covey.models.data.ArrayShape;
import io.covey.models.data.FloatArray;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.Quantization;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import io.covey.models.runtime.NativeShapes;
import io.covey.models.training.interpreter.Array64;
import io.covey.models.training.interpreter.GraphSketch;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A sketched graph and its form in bytes, calibrated with the examples that both are then asked.
 *
 * @param plain the graph with the shapes that it has for the examples
 * @param quantized in bytes
 * @param x the examples
 */
public record QuantizedSketch(ModelGraph plain, ModelGraph quantized, FloatArray x) {

  private static final int BATCH = 16;

  /** Quantizes the graph that gives {@code output}. */
  public static QuantizedSketch of(GraphSketch sketch, int output) {
    ModelGraph plain = shaped(sketch.giving(output));
    Array64 examples = sketch.examples(BATCH);
    int[] shape = examples.shape().stream().mapToInt(Integer::intValue).toArray();
    FloatArray x = FloatArray.of(ArrayShape.of(shape), examples.toFloats());
    ModelGraph quantized =
        Quantizer.quantize(plain, QuantizationMode.FULL_INTEGER, Calibrator.measure(plain, x));
    return new QuantizedSketch(plain, quantized, x);
  }

  private static ModelGraph shaped(ModelGraph graph) {
    List<List<Integer>> shapes = NativeShapes.shapes(graph, BATCH);
    Subgraph main = graph.main();
    List<GraphTensor> tensors = new ArrayList<>();
    for (int i = 0; i < main.tensors().size(); i++) {
      GraphTensor tensor = main.tensor(i);
      tensors.add(tensor.isConstant() ? tensor : tensor.shaped(shapes.get(i)));
    }
    return graph.withMain(
        new Subgraph(main.name(), tensors, main.inputs(), main.outputs(), main.operators()));
  }

  /** The operators that read or write floats, but for those between floats and bytes. */
  public Set<Builtin> floatOperators() {
    Set<Builtin> found = EnumSet.noneOf(Builtin.class);
    for (GraphOperator operator : quantized.main().operators()) {
      List<Integer> tensors = new ArrayList<>(operator.inputs());
      tensors.addAll(operator.outputs());
      if (operator.code() != Builtin.QUANTIZE
          && operator.code() != Builtin.DEQUANTIZE
          && tensors.stream().anyMatch(this::isFloat)) {
        found.add(operator.code());
      }
    }
    return found;
  }

  private boolean isFloat(int tensor) {
    return tensor != GraphOperator.LEFT_OUT
        && quantized.main().tensor(tensor).type() == TensorType.FLOAT32;
  }

  /** The largest step of what the first operator of a kind reads. */
  float inputStep(Builtin code) {
    return largestStep(operator(code).inputs());
  }

  /** The step of what the first operator of a kind writes. */
  float outputStep(Builtin code) {
    return largestStep(operator(code).outputs());
  }

  private GraphOperator operator(Builtin code) {
    return quantized.main().operators().stream()
        .filter(operator -> operator.code() == code)
        .findFirst()
        .orElseThrow();
  }

  private float largestStep(List<Integer> tensors) {
    float largest = 0;
    for (int tensor : tensors) {
      Quantization quantization = quantized.main().tensor(tensor).quantization();
      if (quantization != null) {
        largest = Math.max(largest, quantization.scales().get(0));
      }
    }
    return largest;
  }

  /** What the plain graph answers. */
  public float[] exact() {
    return ModelAnswers.of(plain.write(), x);
  }

  /** What the form in bytes answers. */
  public float[] approximate() {
    return ModelAnswers.of(quantized.write(), x);
  }
}
