package io.covey.models.quantization;

import io.covey.models.data.FloatArray;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs models on all examples at once. */
final class ModelAnswers {

  private ModelAnswers() {}

  /**
   * What a model with one input and one FLOAT32 output answers.
   *
   * @param x examples; whole numbers as their values where the model takes INT32
   */
  static float[] of(byte[] file, FloatArray x) {
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(file);
        InferenceSession session = model.openInference()) {
      TensorSpec input = session.signature().inputs().get(0);
      List<Integer> shape = new ArrayList<>(input.shape());
      shape.set(0, x.rows());
      float[] values = x.toArray();
      ByteBuffer bytes =
          ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.nativeOrder());
      for (float value : values) {
        if (input.type() == ElementType.INT32) {
          bytes.putInt((int) value);
        } else {
          bytes.putFloat(value);
        }
      }
      Tensor given = Tensor.of(input.type(), shape, bytes.flip());
      Tensor answer = session.run(Map.of(input.name(), given)).values().iterator().next();
      FloatBuffer floats = answer.bytes().asFloatBuffer();
      float[] answers = new float[floats.remaining()];
      floats.get(answers);
      return answers;
    }
  }
}
