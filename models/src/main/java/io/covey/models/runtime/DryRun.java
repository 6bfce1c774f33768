package io.covey.models.runtime;

import io.covey.models.runtime.ModelException.Reason;
import io.covey.models.runtime.ModelGraph.GraphTensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorflowlite.Interpreter;
import org.bytedeco.tensorflowlite.SignatureRunner;
import org.bytedeco.tensorflowlite.Subgraph;
import org.bytedeco.tensorflowlite.TfLiteIntArray;
import org.bytedeco.tensorflowlite.TfLiteTensor;
import org.bytedeco.tensorflowlite.global.tensorflowlite;

/**
 * Has the native kernels work out every tensor's shape, without running any, and compares them with
 * the file's. They differ when an operator's settings were altered, such as a stride; the kernels
 * take such settings on trust, and some then write past their memory.
 *
 * <p>Thread rule: any thread; nothing is kept.
 */
final class DryRun {

  private static final int OK = 0;

  private DryRun() {}

  /**
   * Compares.
   *
   * @throws ModelException when a signature cannot be prepared, or a shape differs
   */
  static void check(NativeModel model, ModelGraph graph, Iterable<Signature> signatures) {
    Interpreter interpreter = model.newPlainInterpreter();
    try {
      for (Signature signature : signatures) {
        prepare(interpreter, signature);
      }
      for (int i = 0; i < graph.subgraphs().size(); i++) {
        compare(interpreter.subgraph(i), graph.subgraphs().get(i));
      }
    } finally {
      model.release(interpreter);
    }
  }

  private static void prepare(Interpreter interpreter, Signature signature) {
    SignatureRunner runner =
        signature.name().isEmpty()
            ? interpreter.GetSignatureRunner((BytePointer) null)
            : interpreter.GetSignatureRunner(signature.name());
    if (runner == null || runner.isNull() || runner.AllocateTensors() != OK) {
      throw new ModelException(
          Reason.DAMAGED,
          signature
              + " cannot be prepared; the native runtime wrote its reason to standard error; export"
              + " the model again");
    }
  }

  private static void compare(Subgraph prepared, ModelGraph.Subgraph read) {
    for (int i = 0; i < read.tensors().size(); i++) {
      GraphTensor expected = read.tensors().get(i);
      TfLiteTensor tensor = prepared.tensor(i);
      boolean isSettled = tensor.allocation_type() != tensorflowlite.kTfLiteDynamic;
      if (isSettled && !expected.shape().isEmpty() && !fits(shape(tensor), expected)) {
        throw new ModelException(
            Reason.DAMAGED,
            "the .tflite file is damaged: tensor '"
                + expected.name()
                + "' has shape "
                + expected.shape()
                + " in the file, but its operator"
                + " gives "
                + shape(tensor)
                + "; fetch or export it again");
      }
    }
  }

  private static boolean fits(List<Integer> actual, GraphTensor expected) {
    boolean fits = actual.size() == expected.shape().size();
    for (int i = 0; fits && i < actual.size(); i++) {
      int wanted = expected.shape().get(i);
      fits = wanted == TensorSpec.ANY ? actual.get(i) > 0 : wanted == actual.get(i);
    }
    return fits;
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
