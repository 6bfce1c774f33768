package io.covey.edgeagent.toy;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.runtime.Evaluation;
import java.util.Arrays;

/** Softmax regression in the plainest form: {@code weights[feature * classes + class]}. */
public final class ToyMath {
  private final int features;
  private final int classes;
  private final float[] weights;
  private boolean restored;

  public ToyMath(int features, int classes) {
    this.features = features;
    this.classes = classes;
    this.weights = new float[features * classes];
  }

  int features() {
    return features;
  }

  int classes() {
    return classes;
  }

  public void restore(float[] values) {
    if (values.length != weights.length) {
      throw new ModelException(Reason.WRONG_SHAPE, values.length + " parameters");
    }
    System.arraycopy(values, 0, weights, 0, weights.length);
    restored = true;
  }

  public void read(float[] into) {
    System.arraycopy(weights, 0, into, 0, weights.length);
  }

  public float[] logits(float[] x, int row) {
    if (!restored) {
      throw new ModelException(Reason.NOT_INITIALISED, "nothing was restored");
    }
    float[] logits = new float[classes];
    for (int f = 0; f < features; f++) {
      for (int c = 0; c < classes; c++) {
        logits[c] += x[row * features + f] * weights[f * classes + c];
      }
    }
    return logits;
  }

  private double[] probabilities(float[] x, int row) {
    float[] logits = logits(x, row);
    double[] p = new double[classes];
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      p[c] = Math.exp(logits[c]);
      sum += p[c];
    }
    for (int c = 0; c < classes; c++) {
      p[c] /= sum;
    }
    return p;
  }

  /** One step of gradient descent on the mean cross entropy; answers the loss before it. */
  public float step(float[] x, int[] labels, float learningRate) {
    double[] gradient = new double[weights.length];
    double loss = 0;
    for (int row = 0; row < labels.length; row++) {
      double[] p = probabilities(x, row);
      loss -= Math.log(p[labels[row]]);
      for (int f = 0; f < features; f++) {
        for (int c = 0; c < classes; c++) {
          double error = p[c] - (labels[row] == c ? 1 : 0);
          gradient[f * classes + c] += error * x[row * features + f] / labels.length;
        }
      }
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] -= (float) (learningRate * gradient[i]);
    }
    return (float) (loss / labels.length);
  }

  public Evaluation evaluate(float[] x, int[] labels) {
    double loss = 0;
    long correct = 0;
    for (int row = 0; row < labels.length; row++) {
      double[] p = probabilities(x, row);
      loss -= Math.log(p[labels[row]]);
      double best = Arrays.stream(p).max().orElseThrow();
      correct += p[labels[row]] == best ? 1 : 0;
    }
    return new Evaluation(loss, correct, labels.length);
  }
}
