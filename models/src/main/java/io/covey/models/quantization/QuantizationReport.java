package io.covey.models.quantization;

import io.covey.models.data.FloatArray;
import io.covey.models.data.IntArray;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What quantizing a model costs and gains, on examples.
 *
 * @param floatBytes the size of the float model
 * @param quantizedBytes the size of the quantized one
 * @param examples how many examples both were run on
 * @param agreement the part of the examples on which both give the same: the same class is largest,
 *     or for a single value, both lie within a hundredth of the values' spread
 * @param largestError the largest difference of outputs, over the largest output
 * @param floatAccuracy the part of labelled examples that the float model gets right, or null
 * @param quantizedAccuracy the same of the quantized one, or null
 * @param tensors how far each constant is from the float one
 */
public record QuantizationReport(
    int floatBytes,
    int quantizedBytes,
    int examples,
    double agreement,
    double largestError,
    @Nullable Double floatAccuracy,
    @Nullable Double quantizedAccuracy,
    List<TensorError> tensors) {

  private static final double CLOSE = 0.01;

  /** Copies. */
  public QuantizationReport {
    tensors = List.copyOf(tensors);
  }

  /** Whether the models agree on at least this part of the examples. */
  public boolean meets(double bound) {
    return agreement >= bound;
  }

  /**
   * Compares two models.
   *
   * @param floatModel the float model's file, with one input and one FLOAT32 output
   * @param quantizedModel the quantized one's
   * @param examples as the models take them, at least one
   * @param classes the right class of each, or null
   * @throws ModelException when a model is refused or the examples do not fit
   */
  public static QuantizationReport compare(
      byte[] floatModel, byte[] quantizedModel, FloatArray examples, @Nullable IntArray classes) {
    if (examples.rows() < 1) {
      throw new ModelException(Reason.WRONG_SHAPE, "there are no examples to compare models on");
    }
    Outputs exact = Outputs.of(floatModel, examples);
    Outputs rounded = Outputs.of(quantizedModel, examples);
    return new QuantizationReport(
        floatModel.length,
        quantizedModel.length,
        examples.rows(),
        exact.agreement(rounded),
        exact.largestError(rounded),
        classes == null ? null : (Double) exact.accuracy(classes),
        classes == null ? null : (Double) rounded.accuracy(classes),
        TensorError.between(floatModel, quantizedModel));
  }

  /** A model's outputs, one example after the other. */
  private static final class Outputs {
    private final float[] values;
    private final int each;
    private final int count;

    private Outputs(float[] values, int count) {
      this.values = values;
      this.count = count;
      this.each = values.length / count;
    }

    static Outputs of(byte[] file, FloatArray examples) {
      try (LoadedModel model = ModelRuntime.tensorFlowLite().load(file);
          InferenceSession session = model.openInference()) {
        TensorSpec input = session.signature().inputs().get(0);
        ExampleBatches batches = new ExampleBatches(input, examples);
        float[] values = {};
        for (int i = 0; i < examples.rows(); i += batches.size()) {
          Tensor given = batches.tensor(batches.values(i));
          FloatBuffer answers = floats(session.run(Map.of(input.name(), given)), batches.size());
          int each = answers.limit() / batches.size();
          values = i == 0 ? new float[Math.multiplyExact(each, examples.rows())] : values;
          answers.get(values, i * each, Math.min(answers.limit(), values.length - i * each));
        }
        return new Outputs(values, examples.rows());
      }
    }

    private static FloatBuffer floats(Map<String, Tensor> outputs, int batch) {
      Tensor output = outputs.values().iterator().next();
      boolean isBatch = !output.shape().isEmpty() && output.shape().get(0) == batch;
      if (outputs.size() != 1 || output.type() != ElementType.FLOAT32 || !isBatch) {
        throw new ModelException(
            Reason.UNSUPPORTED_CONVENTION,
            "models are compared by one FLOAT32 output with a row for each example, but there are "
                + outputs);
      }
      return output.bytes().asFloatBuffer();
    }

    double agreement(Outputs other) {
      double close = CLOSE * spread();
      int agreeing = 0;
      for (int i = 0; i < count; i++) {
        boolean agrees =
            each > 1
                ? largest(i) == other.largest(i)
                : Math.abs(values[i] - other.values[i]) <= close;
        agreeing += agrees ? 1 : 0;
      }
      return (double) agreeing / count;
    }

    private double spread() {
      ValueRange range = Calibrator.range(FloatBuffer.wrap(values));
      return (double) range.largest() - range.smallest();
    }

    double largestError(Outputs other) {
      double error = 0;
      double size = Float.MIN_NORMAL;
      for (int i = 0; i < values.length; i++) {
        error = Math.max(error, Math.abs((double) values[i] - other.values[i]));
        size = Math.max(size, Math.abs(values[i]));
      }
      return error / size;
    }

    double accuracy(IntArray classes) {
      int right = 0;
      for (int i = 0; i < count; i++) {
        right += taken(i) == classes.valueAt(i) ? 1 : 0;
      }
      return (double) right / count;
    }

    /** The class; of a single score, 1 when it is above a half. */
    private int taken(int example) {
      return each > 1 ? largest(example) : values[example] > 0.5f ? 1 : 0;
    }

    private int largest(int example) {
      int best = 0;
      for (int i = 1; i < each; i++) {
        if (values[example * each + i] > values[example * each + best]) {
          best = i;
        }
      }
      return best;
    }
  }
}
