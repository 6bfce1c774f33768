package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorflowlite.SignatureRunner;
import org.bytedeco.tensorflowlite.Subgraph;
import org.bytedeco.tensorflowlite.TfLiteIntArray;
import org.bytedeco.tensorflowlite.TfLiteTensor;
import org.bytedeco.tensorflowlite.global.tensorflowlite;
import org.jspecify.annotations.Nullable;

/**
 * One signature of one interpreter: sizes its inputs, lends their native memory to be filled, runs,
 * and lends the outputs' memory to be read. Nothing is allocated while the shapes stay the same.
 *
 * <p>Thread rule: inside {@link NativeInterpreter#exclusively} only.
 */
final class SignatureCall {

  private static final int OK = 0;

  private final Signature signature;
  private final SignatureRunner runner;
  private final Subgraph subgraph;
  private final DryRun dryRun;
  private final boolean hasInnerSizes;
  private final List<Edge> inputs = new ArrayList<>();
  private final List<Edge> outputs = new ArrayList<>();
  private boolean allocated;

  /** Where the native tensors stood when pointers to them were last asked for. */
  private long tensorsAddress;

  /** The largest sum of the inputs' dimensions for which a dry run was made. */
  private long largestSum = 1;

  SignatureCall(Signature signature, NativeInterpreter interpreter, DryRun dryRun) {
    this.signature = signature;
    this.runner = interpreter.runner(signature.name());
    this.subgraph = interpreter.subgraph(signature.name());
    this.dryRun = dryRun;
    this.hasInnerSizes = signature.inputs().stream().anyMatch(TensorSpec::hasInnerSizes);
    signature.inputs().forEach(spec -> inputs.add(new Edge(spec)));
    signature.outputs().forEach(spec -> outputs.add(new Edge(spec)));
  }

  /** A tensor at the signature's edge, with its native memory as it was last seen. */
  private static final class Edge {
    private final TensorSpec spec;
    private int @Nullable [] shape;
    private @Nullable TfLiteTensor tensor;
    private @Nullable ByteBuffer view;
    private long viewAddress;

    private Edge(TensorSpec spec) {
      this.spec = spec;
    }

    /** The shape that was set, or as long as none was, the file's for one example. */
    private int[] currentShape() {
      return shape != null ? shape : spec.shape().stream().mapToInt(d -> Math.max(d, 1)).toArray();
    }
  }

  Signature signature() {
    return signature;
  }

  /**
   * Sets the shape of input {@code index}.
   *
   * @throws ModelException when the signature does not allow it
   */
  void resize(int index, int... shape) {
    Edge input = inputs.get(index);
    if (input.shape != null && Arrays.equals(input.shape, shape)) {
      return;
    }
    requireAllowed(input.spec, shape);
    allocated = false;
    input.shape = null;
    if (runner.ResizeInputTensor(input.spec.name(), shape) != OK) {
      throw failed("could not resize " + input.spec + " to " + Arrays.toString(shape));
    }
    input.shape = shape.clone();
  }

  /** Sets the shape of input {@code index} to its own with {@code batch} examples. */
  void resizeBatch(int index, int batch) {
    Edge input = inputs.get(index);
    List<Integer> shape = input.spec.shape();
    if (input.shape != null && input.shape.length > 0 && input.shape[0] == batch) {
      return;
    }
    if (batch < 1) {
      throw new ModelException(Reason.WRONG_SHAPE, "a batch has at least 1 example, not " + batch);
    }
    // Refuses further dimensions of any size, which a batch alone does not settle.
    input.spec.elementsOfAnExample();
    int[] sized = shape.stream().mapToInt(Integer::intValue).toArray();
    if (sized.length == 0) {
      throw new ModelException(Reason.WRONG_SHAPE, input.spec + " is a scalar and takes no batch");
    }
    if (sized[0] != TensorSpec.ANY && sized[0] != batch) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          input.spec
              + " of "
              + signature
              + " was exported for batches of exactly "
              + sized[0]
              + ", not "
              + batch
              + "; split the batch, or export the model with a batch of any size");
    }
    sized[0] = batch;
    resize(index, sized);
  }

  /**
   * Makes memory for the shapes that were set; inputs that have a fixed shape need none to be set.
   */
  void allocate() {
    if (allocated) {
      return;
    }
    try {
      dryRunWhenNew();
      if (runner.AllocateTensors() != OK) {
        throw failed("could not be prepared for these input shapes");
      }
    } catch (ModelException e) {
      inputs.forEach(input -> input.shape = null);
      throw e;
    }
    outputs.forEach(output -> output.tensor = null);
    outputs.forEach(output -> output.view = null);
    locateInputs();
    allocated = true;
  }

  private void locateInputs() {
    for (Edge input : inputs) {
      input.tensor = runner.input_tensor(input.spec.name());
      input.view = null;
    }
    tensorsAddress = subgraph.tensor(0).address();
  }

  /**
   * Where shapes are known only as the graph runs, kernels add tensors meanwhile, for which the
   * runtime may move all of them.
   */
  private void relocateWhenMoved() {
    if (subgraph.tensor(0).address() != tensorsAddress) {
      locateInputs();
      outputs.forEach(output -> output.tensor = null);
    }
  }

  /**
   * Larger batches may need too much memory inside the model, and other sizes than the batch may be
   * too small for it. A batch that is no larger than one before is neither.
   */
  private void dryRunWhenNew() {
    List<int[]> shapes = inputs.stream().map(Edge::currentShape).toList();
    dryRun.checkSizes(signature, shapes);
    long sum = shapes.stream().flatMapToInt(Arrays::stream).asLongStream().sum();
    if (hasInnerSizes || sum > largestSum) {
      dryRun.checkShapes(signature, shapes);
      largestSum = Math.max(sum, largestSum);
    }
  }

  /**
   * The native memory of input {@code index}, to be filled from the beginning. Valid until the next
   * {@link #resize}.
   */
  ByteBuffer input(int index) {
    allocate();
    return view(inputs.get(index));
  }

  /** Runs the signature. */
  void invoke() {
    allocate();
    if (runner.Invoke() != OK) {
      throw failed("failed");
    }
    relocateWhenMoved();
    for (Edge output : outputs) {
      if (output.tensor == null) {
        output.tensor = runner.output_tensor(output.spec.name());
      }
    }
  }

  /**
   * The native memory of output {@code index}, from its beginning to its end. Valid until the next
   * call.
   */
  ByteBuffer output(int index) {
    return view(outputs.get(index));
  }

  /** The shape that output {@code index} came out in. */
  List<Integer> outputShape(int index) {
    TfLiteTensor tensor = require(outputs.get(index));
    TfLiteIntArray dimensions = tensor.dims();
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; i < dimensions.size(); i++) {
      shape.add(dimensions.data(i));
    }
    return shape;
  }

  /** The position of the input of that name. */
  int inputIndex(String name) {
    return index(signature.inputs(), name);
  }

  /** The position of the output of that name. */
  int outputIndex(String name) {
    return index(signature.outputs(), name);
  }

  private int index(List<TensorSpec> tensors, String name) {
    for (int i = 0; i < tensors.size(); i++) {
      if (tensors.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new ModelException(Reason.UNKNOWN_SIGNATURE, signature + " has no tensor '" + name + "'");
  }

  private ByteBuffer view(Edge edge) {
    TfLiteTensor tensor = require(edge);
    long bytes = tensor.bytes();
    Pointer data = tensorflowlite.TfLiteTensorData(tensor);
    if (data == null || data.isNull()) {
      throw failed("gave no memory for " + edge.spec);
    }
    ByteBuffer view = edge.view;
    if (view == null || edge.viewAddress != data.address() || view.capacity() != bytes) {
      view = newView(edge.spec, tensor, data, bytes);
      edge.view = view;
      edge.viewAddress = data.address();
    }
    return view.clear();
  }

  private static ByteBuffer newView(
      TensorSpec spec, TfLiteTensor tensor, Pointer data, long bytes) {
    if (tensor.type() != spec.type().nativeCode()) {
      throw new ModelException(
          Reason.WRONG_TYPE, spec + " has the native type " + tensor.type() + " at run time");
    }
    return new BytePointer(data).capacity(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  private static TfLiteTensor require(Edge edge) {
    TfLiteTensor tensor = edge.tensor;
    if (tensor == null || tensor.isNull()) {
      throw new ModelException(
          Reason.UNKNOWN_SIGNATURE, "the native runtime has no tensor for " + edge.spec);
    }
    return tensor;
  }

  private void requireAllowed(TensorSpec spec, int[] shape) {
    boolean fits = shape.length == spec.shape().size();
    long bytes = spec.type().sizeBytes();
    long limit = dryRun.limits().tensorBytes();
    for (int i = 0; fits && i < shape.length; i++) {
      int wanted = spec.shape().get(i);
      fits = shape[i] >= 1 && (wanted == TensorSpec.ANY || wanted == shape[i]);
      // Saturates above the limit, which is below 2^31: no overflow.
      bytes = Math.min(bytes * shape[i], limit + 1);
    }
    if (!fits) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          "shape " + Arrays.toString(shape) + " does not fit " + spec + " of " + signature);
    }
    if (bytes > limit) {
      throw new ModelException(
          Reason.TOO_LARGE,
          "shape "
              + Arrays.toString(shape)
              + " of "
              + spec
              + " needs more than "
              + limit
              + " bytes; send smaller batches");
    }
  }

  private ModelException failed(String what) {
    return new ModelException(
        Reason.EXECUTION_FAILED,
        signature + " " + what + "; the native runtime wrote its reason to standard error");
  }
}
