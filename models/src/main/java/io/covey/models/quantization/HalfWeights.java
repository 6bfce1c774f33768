package io.covey.models.quantization;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Float constants as half floats, each behind a DEQUANTIZE that runs when the graph is loaded. */
final class HalfWeights {

  private static final int VERSION = 3;

  private HalfWeights() {}

  static Subgraph quantize(Subgraph main) {
    List<GraphTensor> tensors = new ArrayList<>(main.tensors());
    List<GraphOperator> operators = new ArrayList<>();
    for (int i = 0; i < main.tensors().size(); i++) {
      GraphTensor tensor = main.tensor(i);
      // A scalar needs its DEQUANTIZE more bytes than it saves.
      if (tensor.isConstant() && tensor.type() == TensorType.FLOAT32 && tensor.elements() > 1) {
        tensors.set(i, GraphTensor.computed(tensor.name(), TensorType.FLOAT32, tensor.shape()));
        tensors.add(ByteWeights.halves(tensor));
        operators.add(
            GraphOperator.of(
                    Builtin.DEQUANTIZE,
                    List.of(tensors.size() - 1),
                    List.of(i),
                    OperatorOptions.none())
                .atVersion(VERSION));
      }
    }
    operators.addAll(main.operators());
    return new Subgraph(main.name(), tensors, main.inputs(), main.outputs(), operators);
  }
}
