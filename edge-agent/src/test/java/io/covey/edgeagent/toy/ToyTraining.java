package io.covey.edgeagent.toy;

import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.Evaluation;
import io.covey.models.runtime.Hyperparameters;
import io.covey.models.runtime.ParameterLayout;
import io.covey.models.runtime.TensorSpec;
import io.covey.models.runtime.TrainingSession;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Labels as numbers only. */
final class ToyTraining implements TrainingSession {
  private final ParameterLayout layout;
  private final ToyMath math;
  private final AtomicInteger open;
  private boolean closed;

  ToyTraining(ParameterLayout layout, ToyMath math, AtomicInteger open) {
    this.layout = layout;
    this.math = math;
    this.open = open;
    open.incrementAndGet();
  }

  @Override
  public ParameterLayout layout() {
    return layout;
  }

  @Override
  public boolean takesLearningRate() {
    return true;
  }

  @Override
  public boolean canEvaluate() {
    return true;
  }

  @Override
  public TensorSpec exampleInput() {
    int features = layout.parameters().get(0).shape().get(0);
    return new TensorSpec("x", ElementType.FLOAT32, List.of(TensorSpec.ANY, features));
  }

  @Override
  public TensorSpec labelInput() {
    return new TensorSpec("y", ElementType.INT32, List.of(TensorSpec.ANY));
  }

  @Override
  public float train(float[] x, float[] y, int batch, Hyperparameters hyperparameters) {
    throw new UnsupportedOperationException();
  }

  @Override
  public float train(float[] x, int[] labels, int batch, Hyperparameters hyperparameters) {
    return math.step(x, labels, hyperparameters.learningRate());
  }

  @Override
  public Evaluation evaluate(float[] x, float[] y, int batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Evaluation evaluate(float[] x, int[] labels, int batch) {
    return math.evaluate(x, labels);
  }

  @Override
  public void readParameters(float[] into) {
    math.read(into);
  }

  @Override
  public void restore(float[] from) {
    math.restore(from);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      open.decrementAndGet();
    }
  }
}
