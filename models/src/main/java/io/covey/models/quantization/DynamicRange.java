package io.covey.models.quantization;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.FullyConnected;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.SubgraphBuilder;
import io.covey.models.graph.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Large weights as bytes; the kernels quantize each example's values as they run. Weights of fewer
 * than 1024 elements stay floats, as with TensorFlow's converter: they would save little.
 */
final class DynamicRange {

  private static final int SMALLEST_WEIGHTS = 1024;
  private static final int WEIGHTS = 1;

  /** The dimension of the weights that has a scale for each position, and the version needed. */
  private record Layer(int axis, int version) {}

  private static final Map<Builtin, Layer> LAYERS =
      Map.of(
          Builtin.FULLY_CONNECTED, new Layer(0, 12),
          Builtin.CONV_2D, new Layer(0, 5),
          Builtin.DEPTHWISE_CONV_2D, new Layer(3, 6));

  private DynamicRange() {}

  static Subgraph quantize(Subgraph main) {
    SubgraphBuilder builder = new SubgraphBuilder(main.name());
    main.tensors().forEach(builder::add);
    Map<List<Integer>, Integer> quantized = new HashMap<>();
    List<GraphOperator> operators = new ArrayList<>();
    for (GraphOperator operator : main.operators()) {
      Layer layer = LAYERS.get(operator.code());
      operators.add(
          layer == null || !isLarge(main, operator)
              ? operator
              : quantized(builder, operator, layer, quantized));
    }
    return new Subgraph(
        main.name(), builder.build().tensors(), main.inputs(), main.outputs(), operators);
  }

  private static boolean isLarge(Subgraph main, GraphOperator operator) {
    GraphTensor weights = main.tensor(operator.inputs().get(WEIGHTS));
    return weights.isConstant()
        && weights.type() == TensorType.FLOAT32
        && weights.elements() >= SMALLEST_WEIGHTS;
  }

  private static GraphOperator quantized(
      SubgraphBuilder builder,
      GraphOperator operator,
      Layer layer,
      Map<List<Integer>, Integer> quantized) {
    int position = operator.inputs().get(WEIGHTS);
    int bytes =
        quantized.computeIfAbsent(
            List.of(position, layer.axis()),
            key -> builder.add(ByteWeights.byChannel(builder.tensor(position), layer.axis())));
    List<Integer> inputs = new ArrayList<>(operator.inputs());
    inputs.set(WEIGHTS, bytes);
    OperatorOptions options = operator.options();
    if (options instanceof FullyConnected dense) {
      options =
          new FullyConnected(
              dense.activation(),
              dense.keepNumDims(),
              dense.shuffledWeights(),
              /* asymmetricInputs= */ true);
    }
    return operator
        .between(inputs, operator.outputs())
        .withOptions(options)
        .atVersion(layer.version());
  }
}
