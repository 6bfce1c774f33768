package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@link TrainingSession} on the native library. */
final class TensorFlowLiteTraining implements TrainingSession {

  private final TrainingConvention convention;
  private final NativeInterpreter interpreter;
  private final ParameterAccess parameters;
  private final SignatureCall train;
  private final @Nullable SignatureCall evaluate;

  TensorFlowLiteTraining(
      TrainingConvention convention,
      NativeInterpreter interpreter,
      ParameterAccess parameters,
      DryRun dryRun) {
    this.convention = convention;
    this.interpreter = interpreter;
    this.parameters = parameters;
    this.train = new SignatureCall(convention.train(), interpreter, dryRun);
    Signature evaluation = convention.evaluate();
    this.evaluate = evaluation == null ? null : new SignatureCall(evaluation, interpreter, dryRun);
  }

  @Override
  public ParameterLayout layout() {
    return convention.layout();
  }

  @Override
  public boolean takesLearningRate() {
    return convention.learningRate() != null;
  }

  @Override
  public boolean takesWeightDecay() {
    return convention.takes(TrainingConvention.WEIGHT_DECAY);
  }

  @Override
  public boolean takesClipNorm() {
    return convention.takes(TrainingConvention.CLIP_NORM);
  }

  @Override
  public boolean takesProximal() {
    return convention.takes(TrainingConvention.PROXIMAL);
  }

  @Override
  public boolean canEvaluate() {
    return evaluate != null;
  }

  @Override
  public TensorSpec exampleInput() {
    return convention.x();
  }

  @Override
  public TensorSpec labelInput() {
    return convention.y();
  }

  @Override
  public float train(float[] x, float[] y, int batch, float learningRate) {
    return train(x, y, batch, plain(learningRate));
  }

  @Override
  public float train(float[] x, float[] y, int batch, Hyperparameters hyperparameters) {
    return interpreter.exclusively(
        () -> step(x, batch, memory -> fillRows(memory, y, convention.y()), hyperparameters));
  }

  @Override
  public float train(float[] x, int[] labels, int batch, float learningRate) {
    return train(x, labels, batch, plain(learningRate));
  }

  @Override
  public float train(float[] x, int[] labels, int batch, Hyperparameters hyperparameters) {
    return interpreter.exclusively(
        () ->
            step(
                x,
                batch,
                memory -> LabelRows.fill(memory, labels, batch, convention.y()),
                hyperparameters));
  }

  private static Hyperparameters plain(float learningRate) {
    try {
      return Hyperparameters.of(learningRate);
    } catch (IllegalArgumentException e) {
      throw new ModelException(Reason.WRONG_SHAPE, String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Evaluation evaluate(float[] x, float[] y, int batch) {
    return interpreter.exclusively(
        () -> measure(x, batch, memory -> fillRows(memory, y, convention.y())));
  }

  @Override
  public Evaluation evaluate(float[] x, int[] labels, int batch) {
    return interpreter.exclusively(
        () -> measure(x, batch, memory -> LabelRows.fill(memory, labels, batch, convention.y())));
  }

  private float step(
      float[] x, int batch, Consumer<ByteBuffer> labels, Hyperparameters hyperparameters) {
    requireTaken(TrainingConvention.WEIGHT_DECAY, hyperparameters.weightDecay() != 0);
    requireTaken(
        TrainingConvention.CLIP_NORM, hyperparameters.clipNorm() != Hyperparameters.NO_CLIPPING);
    requireTaken(TrainingConvention.PROXIMAL, hyperparameters.proximal() != 0);
    fill(train, x, batch, labels);
    if (takesLearningRate()) {
      put(TrainingConvention.LEARNING_RATE, hyperparameters.learningRate());
    }
    for (TensorSpec term : convention.terms()) {
      put(term.name(), size(term.name(), hyperparameters));
    }
    train.invoke();
    return train.output(train.outputIndex(TrainingConvention.LOSS)).getFloat(0);
  }

  private void requireTaken(String term, boolean isAsked) {
    if (isAsked && !convention.takes(term)) {
      throw new ModelException(
          Reason.UNSUPPORTED_CONVENTION,
          "the model's step has no '"
              + term
              + "'; leave it off, or derive the trainable model with it");
    }
  }

  private void put(String input, float value) {
    train.input(train.inputIndex(input)).putFloat(0, value);
  }

  private static float size(String term, Hyperparameters hyperparameters) {
    return switch (term) {
      case TrainingConvention.WEIGHT_DECAY -> hyperparameters.weightDecay();
      case TrainingConvention.CLIP_NORM -> hyperparameters.clipNorm();
      default -> hyperparameters.proximal();
    };
  }

  private Evaluation measure(float[] x, int batch, Consumer<ByteBuffer> labels) {
    SignatureCall call = evaluate;
    if (call == null) {
      throw new ModelException(
          Reason.UNKNOWN_SIGNATURE,
          "the model has no signature evaluate(x, y) -> loss_sum, correct, count; export it with"
              + " one, or count the answers of 'infer'");
    }
    fill(call, x, batch, labels);
    call.invoke();
    return new Evaluation(
        scalar(call, TrainingConvention.LOSS_SUM),
        Math.round(scalar(call, TrainingConvention.CORRECT)),
        Math.round(scalar(call, TrainingConvention.COUNT)));
  }

  private void fill(SignatureCall call, float[] x, int batch, Consumer<ByteBuffer> labels) {
    parameters.requireInitialised();
    int examples = call.inputIndex(convention.x().name());
    int labelled = call.inputIndex(convention.y().name());
    call.resizeBatch(examples, batch);
    call.resizeBatch(labelled, batch);
    fillRows(call.input(examples), x, convention.x());
    labels.accept(call.input(labelled));
  }

  private static void fillRows(ByteBuffer memory, float[] values, TensorSpec spec) {
    if (spec.type() != ElementType.FLOAT32) {
      throw new ModelException(
          Reason.WRONG_TYPE, spec + " takes whole numbers; give the labels as an int[]");
    }
    FloatBuffer floats = memory.asFloatBuffer();
    if (floats.remaining() != values.length) {
      throw new ModelException(
          Reason.WRONG_SHAPE,
          values.length + " floats do not fill " + spec + ", which needs " + floats.remaining());
    }
    floats.put(values);
  }

  private static double scalar(SignatureCall call, String name) {
    int index = call.outputIndex(name);
    TensorSpec spec = call.signature().outputs().get(index);
    return Tensor.of(spec.type(), call.outputShape(index), call.output(index)).doubleAt(0);
  }

  @Override
  public void readParameters(float[] into) {
    interpreter.exclusively(
        () -> {
          parameters.read(into);
          return true;
        });
  }

  @Override
  public void restore(float[] from) {
    interpreter.exclusively(
        () -> {
          parameters.restore(from);
          return true;
        });
  }

  @Override
  public void close() {
    interpreter.close();
  }
}
