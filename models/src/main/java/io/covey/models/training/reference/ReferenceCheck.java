package io.covey.models.training.reference;

import io.covey.models.data.IntArray;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import io.covey.models.runtime.TrainingSession;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableModel;
import io.covey.models.training.TrainableSelection;
import io.covey.models.training.TrainableVariable;
import io.covey.models.training.TrainingRecipe;
import io.covey.models.training.loss.LabelForm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Derives a plain model's trainable graph, runs it, and compares.
 *
 * <p>Thread rule: any thread.
 */
public final class ReferenceCheck {

  private static final String OUTPUT = "output";

  /** Below this share of the largest gradient, a float's sum of terms that cancel is noise. */
  private static final double ROUNDING = 1e-6;

  private ReferenceCheck() {}

  /**
   * Compares {@code plain} with {@code reference}.
   *
   * @throws ModelException when the model cannot be derived, or the reference does not fit it
   */
  public static ReferenceReport run(byte[] plain, Reference reference) {
    ModelGraph graph = ModelGraph.readChecked(plain, ModelLimits.DEFAULT);
    TrainingRecipe recipe =
        TrainingRecipe.DEFAULT
            .with(reference.loss())
            .with(reference.y() instanceof IntArray ? LabelForm.SPARSE : LabelForm.DENSE)
            .with(selection(reference));
    TrainableModel trainable = Differentiator.deriveWithGradients(graph, recipe);
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(trainable.write())) {
      float[] output = infer(model, reference);
      Map<String, Tensor> gradients = gradients(model, reference);
      return new ReferenceReport(
          relative(output, reference.output().toArray()),
          Math.abs(value(gradients, "loss")[0] - reference.lossValue()),
          compared(trainable.variables(), gradients, reference.variables()),
          descend(model, reference));
    }
  }

  private static TrainableSelection selection(Reference reference) {
    List<TrainableVariable.Use> uses =
        reference.variables().stream().flatMap(variable -> variable.uses().stream()).toList();
    return uses.isEmpty() ? new TrainableSelection.All() : new TrainableSelection.UsedAt(uses);
  }

  private static float[] infer(LoadedModel model, Reference reference) {
    try (InferenceSession session = model.openInference("infer")) {
      TensorSpec x = session.signature().inputs().get(0);
      return value(session.run(Map.of(x.name(), examples(x, reference))), OUTPUT);
    }
  }

  private static float[] value(Map<String, Tensor> outputs, String name) {
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new IllegalStateException("no output '" + name + "' among " + outputs.keySet());
    }
    return tensor.toFloats();
  }

  private static Map<String, Tensor> gradients(LoadedModel model, Reference reference) {
    try (InferenceSession session = model.openInference("gradients")) {
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      Signature signature = session.signature();
      for (TensorSpec spec : signature.inputs()) {
        inputs.put(
            spec.name(),
            spec.name().equals("x") ? examples(spec, reference) : labels(spec, reference));
      }
      return session.run(inputs);
    }
  }

  private static Tensor examples(TensorSpec spec, Reference reference) {
    float[] x = reference.x().toArray();
    List<Integer> shape = sized(spec, reference.batch(), x.length);
    if (spec.type() == ElementType.FLOAT32) {
      return Tensor.ofFloats(shape, x);
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(x.length * spec.type().sizeBytes()).order(ByteOrder.nativeOrder());
    for (float value : x) {
      if (spec.type() == ElementType.INT64) {
        bytes.putLong((long) value);
      } else {
        bytes.putInt((int) value);
      }
    }
    return Tensor.of(spec.type(), shape, bytes.flip());
  }

  private static Tensor labels(TensorSpec spec, Reference reference) {
    if (reference.y() instanceof IntArray classes) {
      int[] numbers = classes.toArray();
      return Tensor.ofInts(sized(spec, reference.batch(), numbers.length), numbers);
    }
    float[] values = reference.y().toFloatArray().toArray();
    return Tensor.ofFloats(sized(spec, reference.batch(), values.length), values);
  }

  /** The spec's shape with the batch, checked against what there is to fill it. */
  private static List<Integer> sized(TensorSpec spec, int batch, int elements) {
    List<Integer> shape = new ArrayList<>(spec.shape());
    shape.set(0, batch);
    int known = shape.stream().filter(size -> size > 0).reduce(1, Math::multiplyExact);
    for (int i = 1; i < shape.size(); i++) {
      if (shape.get(i) == TensorSpec.ANY) {
        shape.set(i, elements / known);
      }
    }
    if (shape.stream().reduce(1, Math::multiplyExact) != elements) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          elements
              + " values of the reference do not fill "
              + spec
              + " for "
              + batch
              + " examples");
    }
    return shape;
  }

  private static Map<String, Double> compared(
      List<TrainableVariable> variables,
      Map<String, Tensor> gradients,
      List<Reference.Variable> expected) {
    if (variables.size() != expected.size()) {
      throw new ModelException(
          Reason.UNSUPPORTED_CONVENTION,
          "the model has "
              + variables.size()
              + " parameters, but the reference has "
              + expected.size());
    }
    Map<String, Double> errors = new LinkedHashMap<>();
    for (Reference.Variable variable : expected) {
      TrainableVariable own = own(variables, variable, errors.size());
      float[] gradient = value(gradients, own.name().replaceFirst("w", "g"));
      errors.put(variable.name(), gradientError(gradient, variable, largestGradient(expected)));
    }
    return errors;
  }

  /**
   * Where a gradient is zero but for the rounding of what cancels in it, as that of the keys' bias
   * in attention, its size says nothing, and the error is taken relative to the other gradients.
   */
  private static double gradientError(
      float[] gradient, Reference.Variable expected, double largestOfAll) {
    float[] values = expected.gradient().toArray();
    double largest = largest(values);
    double error = relative(gradient, values);
    return largest < ROUNDING * largestOfAll ? error * largest / largestOfAll : error;
  }

  private static double largestGradient(List<Reference.Variable> variables) {
    return variables.stream()
        .mapToDouble(variable -> largest(variable.gradient().toArray()))
        .max()
        .orElse(0);
  }

  private static double largest(float[] values) {
    double largest = Float.MIN_NORMAL;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static TrainableVariable own(
      List<TrainableVariable> variables, Reference.Variable expected, int position) {
    if (expected.uses().isEmpty()) {
      return variables.get(position);
    }
    return variables.stream()
        .filter(variable -> variable.uses().contains(expected.uses().get(0)))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    Reason.UNSUPPORTED_CONVENTION,
                    "the model has no parameter '" + expected.name() + "'"));
  }

  private static double descend(LoadedModel model, Reference reference) {
    double largest = 0;
    try (TrainingSession session = model.openTraining()) {
      float[] x = reference.x().toArray();
      float rate = reference.descent().learningRate();
      for (double expected : reference.descent().losses()) {
        float loss =
            reference.y() instanceof IntArray classes
                ? session.train(x, classes.toArray(), reference.batch(), rate)
                : session.train(x, reference.y().toFloatArray().toArray(), reference.batch(), rate);
        double error = Math.abs(loss - expected);
        largest = error <= largest ? largest : error;
      }
    }
    return largest;
  }

  /** The largest difference over the largest expected value; NaN when a value is. */
  private static double relative(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      throw new ModelException(
          Reason.WRONG_SHAPE, actual.length + " values cannot be compared with " + expected.length);
    }
    double difference = 0;
    for (int i = 0; i < actual.length; i++) {
      double own = Math.abs((double) actual[i] - expected[i]);
      difference = own <= difference ? difference : own;
    }
    return difference / largest(expected);
  }
}
