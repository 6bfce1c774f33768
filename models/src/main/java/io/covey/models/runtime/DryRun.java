package io.covey.models.runtime;

import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorflowlite.Interpreter;
import org.bytedeco.tensorflowlite.SignatureRunner;
import org.bytedeco.tensorflowlite.Subgraph;
import org.bytedeco.tensorflowlite.TfLiteIntArray;
import org.bytedeco.tensorflowlite.TfLiteTensor;
import org.bytedeco.tensorflowlite.global.tensorflowlite;

/**
 * Has the native kernels work out every tensor's shape, without running any, and looks at what
 * comes out. Kernels take an operator's settings, such as a stride, and its inputs' shapes on
 * trust, and some then write past their memory.
 *
 * <p>Thread rule: any thread.
 */
final class DryRun {

  private static final int OK = 0;

  private final NativeModel model;
  private final ModelGraph graph;
  private final SizeCheck sizes;
  private final ModelLimits limits;

  /** Of {@code model}, which is native code's view of {@code graph}. */
  DryRun(NativeModel model, ModelGraph graph, SizeCheck sizes, ModelLimits limits) {
    this.model = model;
    this.graph = graph;
    this.sizes = sizes;
    this.limits = limits;
  }

  /**
   * Checks, without native code, that operators fit each other for inputs of {@code shapes}, in the
   * signature's order.
   *
   * @throws ModelException naming the first that does not
   */
  void checkSizes(Signature signature, List<int[]> shapes) {
    sizes.check(signature, shapes);
  }

  /** How large tensors may be. */
  ModelLimits limits() {
    return limits;
  }

  /**
   * Compares all shapes with the file's, for inputs as the file has them.
   *
   * @throws ModelException when a signature cannot be prepared, or a shape differs
   */
  void checkFile(Iterable<Signature> signatures) {
    Interpreter interpreter = model.newPlainInterpreter();
    try {
      for (Signature signature : signatures) {
        prepare(runner(interpreter, signature), signature);
      }
      for (int i = 0; i < graph.subgraphs().size(); i++) {
        compare(interpreter.subgraph(i), graph.subgraphs().get(i));
      }
    } finally {
      model.release(interpreter);
    }
  }

  /**
   * Checks that inputs of {@code shapes}, in the signature's order, leave no tensor without
   * elements or beyond the limits.
   *
   * @throws ModelException when they do, or the signature cannot be prepared for them
   */
  void checkShapes(Signature signature, List<int[]> shapes) {
    Interpreter interpreter = model.newPlainInterpreter();
    try {
      SignatureRunner runner = runner(interpreter, signature);
      for (int i = 0; i < shapes.size(); i++) {
        runner.ResizeInputTensor(signature.inputs().get(i).name(), shapes.get(i));
      }
      prepare(runner, signature);
      for (int i = 0; i < graph.subgraphs().size(); i++) {
        requireElements(interpreter.subgraph(i), graph.subgraphs().get(i), signature, shapes);
      }
    } finally {
      model.release(interpreter);
    }
  }

  private static SignatureRunner runner(Interpreter interpreter, Signature signature) {
    SignatureRunner runner =
        signature.name().isEmpty()
            ? interpreter.GetSignatureRunner((BytePointer) null)
            : interpreter.GetSignatureRunner(signature.name());
    if (runner == null || runner.isNull()) {
      throw new ModelException(
          Reason.DAMAGED,
          "the native runtime does not find " + signature + "; export the model again");
    }
    return runner;
  }

  private static void prepare(SignatureRunner runner, Signature signature) {
    if (runner.AllocateTensors() != OK) {
      throw new ModelException(
          Reason.EXECUTION_FAILED,
          signature
              + " cannot be prepared for these input shapes; the native runtime wrote its reason to"
              + " standard error; where it is a RESHAPE, the model holds one batch size in its"
              + " middle and has to be exported for any");
    }
  }

  private static void compare(Subgraph prepared, io.covey.models.graph.Subgraph read) {
    for (int i = 0; i < read.tensors().size(); i++) {
      GraphTensor expected = read.tensors().get(i);
      TfLiteTensor tensor = prepared.tensor(i);
      boolean isKnown = isSettled(tensor) && !expected.shape().isEmpty();
      if (isKnown && !fits(shape(tensor), expected)) {
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

  private void requireElements(
      Subgraph prepared,
      io.covey.models.graph.Subgraph read,
      Signature signature,
      List<int[]> shapes) {
    for (int i = 0; i < read.tensors().size(); i++) {
      TfLiteTensor tensor = prepared.tensor(i);
      List<Integer> shape = shape(tensor);
      boolean isEmpty = shape.contains(0) && !read.tensors().get(i).isEmpty();
      if (isSettled(tensor) && (isEmpty || tensor.bytes() > limits.tensorBytes())) {
        throw new ModelException(
            isEmpty ? Reason.WRONG_SHAPE : Reason.TOO_LARGE,
            "inputs of shapes "
                + shapes.stream().map(Arrays::toString).toList()
                + " are too "
                + (isEmpty ? "small" : "large")
                + " for "
                + signature
                + ": tensor '"
                + read.tensors().get(i).name()
                + "' inside would have shape "
                + shape);
      }
    }
  }

  private static boolean isSettled(TfLiteTensor tensor) {
    return tensor.allocation_type() != tensorflowlite.kTfLiteDynamic;
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
