package io.covey.models.runtime;

import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.Subgraph;
import io.covey.models.graph.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorflowlite.Interpreter;
import org.bytedeco.tensorflowlite.SignatureRunner;
import org.bytedeco.tensorflowlite.TfLiteIntArray;
import org.bytedeco.tensorflowlite.TfLiteTensor;
import org.bytedeco.tensorflowlite.global.tensorflowlite;

/**
 * Has the native kernels work out the shapes of all tensors of a trusted graph, by running it where
 * it computes shapes: what {@link io.covey.models.shape.ShapeInference} is compared with.
 */
public final class NativeShapes {

  private static final int OK = 0;

  private NativeShapes() {}

  /**
   * The shapes of the main subgraph's tensors, in their order.
   *
   * @param graph one that the runtime runs
   * @param batch the size to give to every dimension of the inputs that may have any
   * @throws ModelException when the graph is refused, or cannot be prepared for that size
   */
  public static List<List<Integer>> shapes(ModelGraph graph, int batch) {
    graph.check(ModelLimits.DEFAULT);
    ModelGraph main = new ModelGraph(graph.subgraphs(), List.of(), "", List.of());
    NativeModel model = NativeModel.build(main.write(), /* accelerated= */ false);
    try {
      return shapes(model, graph.main(), batch);
    } finally {
      model.close();
    }
  }

  private static List<List<Integer>> shapes(NativeModel model, Subgraph main, int batch) {
    Interpreter interpreter = model.newPlainInterpreter();
    try {
      SignatureRunner runner = interpreter.GetSignatureRunner((BytePointer) null);
      for (int position : main.inputs()) {
        GraphTensor input = main.tensor(position);
        runner.ResizeInputTensor(input.name(), sized(input, batch));
      }
      require(runner.AllocateTensors(), batch);
      if (computesShapes(main) || hasDynamic(interpreter, main)) {
        main.inputs().forEach(position -> zero(interpreter.subgraph(0).tensor(position)));
        require(runner.Invoke(), batch);
      }
      List<List<Integer>> shapes = new ArrayList<>();
      for (int i = 0; i < main.tensors().size(); i++) {
        shapes.add(shape(interpreter.subgraph(0).tensor(i)));
      }
      return shapes;
    } finally {
      model.release(interpreter);
    }
  }

  private static int[] sized(GraphTensor input, int batch) {
    return input.shape().stream()
        .mapToInt(size -> size == GraphTensor.ANY ? batch : size)
        .toArray();
  }

  /**
   * Whether an operator takes whole numbers that another one computes, as the shape of a RESHAPE
   * often is: the sizes behind it are known only once it ran.
   */
  private static boolean computesShapes(Subgraph main) {
    Set<Integer> computed = new HashSet<>();
    for (GraphOperator operator : main.operators()) {
      if (operator.inputs().stream().anyMatch(computed::contains)) {
        return true;
      }
      operator.outputs().stream()
          .filter(output -> isWhole(main.tensor(output).type()))
          .forEach(computed::add);
    }
    return false;
  }

  private static boolean hasDynamic(Interpreter interpreter, Subgraph main) {
    for (int i = 0; i < main.tensors().size(); i++) {
      if (interpreter.subgraph(0).tensor(i).allocation_type() == tensorflowlite.kTfLiteDynamic) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWhole(TensorType type) {
    return type == TensorType.INT32 || type == TensorType.INT64;
  }

  private static void zero(TfLiteTensor tensor) {
    Pointer data = tensorflowlite.TfLiteTensorData(tensor);
    if (data != null && !data.isNull()) {
      Pointer.memset(data, 0, tensor.bytes());
    }
  }

  private static void require(int status, int batch) {
    if (status != OK) {
      throw new ModelException(
          Reason.EXECUTION_FAILED,
          "the model cannot be run with a batch of "
              + batch
              + "; the native runtime wrote its reason to standard error; where it is a RESHAPE,"
              + " the model holds one batch size in its middle and has to be exported for any");
    }
  }

  private static List<Integer> shape(TfLiteTensor tensor) {
    TfLiteIntArray dimensions = tensor.dims();
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; dimensions != null && i < dimensions.size(); i++) {
      shape.add(dimensions.data(i));
    }
    return shape;
  }
}
