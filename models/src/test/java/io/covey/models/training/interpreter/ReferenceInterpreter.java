package io.covey.models.training.interpreter;

import io.covey.models.graph.Constant;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.Subgraph;
import io.covey.models.training.TrainableVariable.Use;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Runs a plain graph in float64, each operator as its definition says: nothing is shared with the
 * native kernels or with the rules of differentiation.
 */
public final class ReferenceInterpreter {

  private final Subgraph graph;

  /** Of a graph with one input and one output. */
  public ReferenceInterpreter(Subgraph graph) {
    this.graph = graph;
  }

  /**
   * What the graph gives.
   *
   * @param variables values in place of what operators are given
   */
  public Array64 run(Array64 x, Map<Use, Array64> variables) {
    Map<Integer, Array64> values = new HashMap<>();
    values.put(graph.inputs().get(0), x);
    for (int i = 0; i < graph.operators().size(); i++) {
      GraphOperator operator = graph.operators().get(i);
      Call call = new Call(operator, inputs(i, values, variables));
      List<Array64> results = results(call);
      for (int j = 0; j < operator.outputs().size(); j++) {
        values.put(operator.outputs().get(j), results.get(j));
      }
    }
    return Objects.requireNonNull(values.get(graph.outputs().get(0)), "output");
  }

  private Map<Integer, Array64> inputs(
      int index, Map<Integer, Array64> values, Map<Use, Array64> variables) {
    GraphOperator operator = graph.operators().get(index);
    TreeSet<Integer> positions = new TreeSet<>();
    Stream.iterate(0, i -> i < operator.inputs().size(), i -> i + 1).forEach(positions::add);
    variables.keySet().stream()
        .filter(use -> use.operator() == index)
        .forEach(use -> positions.add(use.input()));
    Map<Integer, Array64> inputs = new HashMap<>();
    for (int i : positions) {
      Array64 variable = variables.get(new Use(index, i));
      int tensor = i < operator.inputs().size() ? operator.inputs().get(i) : -1;
      if (variable != null) {
        inputs.put(i, variable);
      } else if (tensor >= 0) {
        Array64 known = values.get(tensor);
        inputs.put(i, known != null ? known : constant(graph.tensor(tensor)));
      }
    }
    return inputs;
  }

  /** A constant's numbers. */
  public static Array64 constant(GraphTensor tensor) {
    double[] numbers = new double[(int) tensor.elements()];
    Constant value = tensor.value();
    if (value != null) {
      ByteBuffer bytes = value.bytes();
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] =
            switch (tensor.type()) {
              case FLOAT32 -> bytes.getFloat(4 * i);
              case INT32 -> bytes.getInt(4 * i);
              case INT64 -> bytes.getLong(8 * i);
              case BOOL -> bytes.get(i);
              default -> throw new IllegalArgumentException(tensor.type().name());
            };
      }
    }
    return Array64.of(tensor.shape(), numbers);
  }

  private static List<Array64> results(Call call) {
    return switch (call.operator().code()) {
      case SPLIT, SPLIT_V -> ShapeReference.split(call);
      case UNPACK -> ShapeReference.unpack(call);
      default -> List.of(result(call));
    };
  }

  private static Array64 result(Call call) {
    return switch (call.operator().code()) {
      case ADD, SUB, MUL, DIV, SQUARED_DIFFERENCE, POW, MAXIMUM, MINIMUM, PRELU, GREATER ->
          ElementwiseReference.binary(call);
      case ADD_N -> ElementwiseReference.addN(call);
      case SELECT, SELECT_V2 -> ElementwiseReference.select(call);
      case FULLY_CONNECTED -> MatrixReference.fullyConnected(call);
      case BATCH_MATMUL -> MatrixReference.batchMatMul(call);
      case SOFTMAX -> MatrixReference.softmax(call);
      case LOG_SOFTMAX -> MatrixReference.logSoftmax(call);
      case L2_NORMALIZATION -> MatrixReference.l2Normalization(call);
      case SUM, MEAN, REDUCE_MAX, REDUCE_MIN -> MatrixReference.reduce(call);
      case CUMSUM -> MatrixReference.cumulativeSum(call);
      case CONV_2D -> WindowReference.convolution(call);
      case DEPTHWISE_CONV_2D -> WindowReference.depthwise(call);
      case TRANSPOSE_CONV -> WindowReference.transposed(call);
      case MAX_POOL_2D, AVERAGE_POOL_2D -> WindowReference.pool(call);
      case RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR -> WindowReference.resized(call);
      default -> moved(call);
    };
  }

  private static Array64 moved(Call call) {
    return switch (call.operator().code()) {
      case SHAPE -> ShapeReference.shape(call);
      case RESHAPE, SQUEEZE, EXPAND_DIMS -> ShapeReference.reshape(call);
      case TRANSPOSE -> ShapeReference.transpose(call);
      case CONCATENATION -> ShapeReference.concatenation(call);
      case PAD, PADV2 -> ShapeReference.pad(call);
      case MIRROR_PAD -> ShapeReference.mirrorPad(call);
      case REVERSE_V2 -> ShapeReference.reverse(call);
      case PACK -> ShapeReference.pack(call);
      case TILE -> ShapeReference.tile(call);
      case BROADCAST_TO -> ShapeReference.broadcastTo(call);
      case GATHER -> ShapeReference.gather(call);
      case GATHER_ND -> ShapeReference.gatherByLists(call);
      case SLICE -> BlockReference.slice(call);
      case STRIDED_SLICE -> BlockReference.stridedSlice(call);
      case SPACE_TO_DEPTH, DEPTH_TO_SPACE -> BlockReference.depthAndSpace(call);
      case SPACE_TO_BATCH_ND -> BlockReference.spaceToBatch(call);
      case BATCH_TO_SPACE_ND -> BlockReference.batchToSpace(call);
      default -> ElementwiseReference.unary(call);
    };
  }
}
