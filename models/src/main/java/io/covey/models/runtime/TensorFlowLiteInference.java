package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@link InferenceSession} on the native library. */
final class TensorFlowLiteInference implements InferenceSession {

  private final NativeInterpreter interpreter;
  private final ParameterAccess parameters;
  private final SignatureCall call;
  private final boolean plainFloats;

  TensorFlowLiteInference(
      Signature signature,
      NativeInterpreter interpreter,
      ParameterAccess parameters,
      DryRun dryRun) {
    this.interpreter = interpreter;
    this.parameters = parameters;
    this.call = new SignatureCall(signature, interpreter, dryRun);
    this.plainFloats = isOneFloat(signature.inputs()) && isOneFloat(signature.outputs());
  }

  private static boolean isOneFloat(List<TensorSpec> tensors) {
    return tensors.size() == 1 && tensors.get(0).type() == ElementType.FLOAT32;
  }

  @Override
  public Signature signature() {
    return call.signature();
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    return interpreter.exclusively(() -> runAlone(inputs));
  }

  private Map<String, Tensor> runAlone(Map<String, Tensor> inputs) {
    parameters.requireInitialised();
    List<TensorSpec> specs = signature().inputs();
    if (inputs.size() != specs.size()) {
      throw new ModelException(
          Reason.UNKNOWN_SIGNATURE,
          signature()
              + " takes "
              + specs.size()
              + " inputs, but "
              + inputs.keySet()
              + " were given");
    }
    for (int i = 0; i < specs.size(); i++) {
      Tensor tensor = require(inputs, specs.get(i));
      call.resize(i, tensor.shape().stream().mapToInt(Integer::intValue).toArray());
    }
    for (int i = 0; i < specs.size(); i++) {
      fill(call.input(i), require(inputs, specs.get(i)));
    }
    call.invoke();
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (int i = 0; i < signature().outputs().size(); i++) {
      TensorSpec spec = signature().outputs().get(i);
      outputs.put(spec.name(), Tensor.of(spec.type(), call.outputShape(i), call.output(i)));
    }
    return outputs;
  }

  private Tensor require(Map<String, Tensor> inputs, TensorSpec spec) {
    Tensor tensor = inputs.get(spec.name());
    if (tensor == null) {
      throw new ModelException(
          Reason.UNKNOWN_SIGNATURE,
          "input " + spec + " of " + signature() + " is missing among " + inputs.keySet());
    }
    if (tensor.type() != spec.type()) {
      throw new ModelException(
          Reason.WRONG_TYPE,
          "input '"
              + spec.name()
              + "' is of type "
              + tensor.type()
              + ", but "
              + signature()
              + " takes "
              + spec.type());
    }
    return tensor;
  }

  private static void fill(ByteBuffer memory, Tensor tensor) {
    ByteBuffer bytes = tensor.bytes();
    if (memory.remaining() != bytes.remaining()) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          tensor
              + " has "
              + bytes.remaining()
              + " bytes, but the model has room for "
              + memory.remaining());
    }
    memory.put(bytes);
  }

  @Override
  public int infer(FloatBuffer input, int batch, FloatBuffer output) {
    return interpreter.exclusively(() -> inferAlone(input, batch, output));
  }

  private int inferAlone(FloatBuffer input, int batch, FloatBuffer output) {
    parameters.requireInitialised();
    if (!plainFloats) {
      throw new ModelException(
          Reason.WRONG_TYPE,
          signature()
              + " has other than one FLOAT32 input and one FLOAT32 output; use run with tensors");
    }
    call.resizeBatch(0, batch);
    FloatBuffer memory = call.input(0).asFloatBuffer();
    if (memory.remaining() != input.remaining()) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          input.remaining()
              + " floats are not "
              + batch
              + " examples for "
              + signature()
              + ", which needs "
              + memory.remaining());
    }
    memory.put(input.duplicate());
    call.invoke();
    FloatBuffer results = call.output(0).asFloatBuffer();
    int written = results.remaining();
    if (written > output.remaining()) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          "the output has room for "
              + output.remaining()
              + " floats, but "
              + batch
              + " examples give "
              + written);
    }
    output.put(results);
    return written;
  }

  @Override
  public void restore(float[] values) {
    interpreter.exclusively(
        () -> {
          parameters.restore(values);
          return true;
        });
  }

  @Override
  public void close() {
    interpreter.close();
  }
}
