package io.covey.simulator.demo;

import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.simulator.data.Digit;

/**
 * What one version of the model predicts, worked out from the file that the coordinator keeps and
 * without any agent. Belongs to one thread.
 */
final class Predictions implements AutoCloseable {
  private final LoadedModel model;
  private final InferenceSession session;

  /**
   * @param file the {@code .tflite} file that is served
   */
  Predictions(byte[] file) {
    this.model = ModelRuntime.tensorFlowLite().load(file);
    this.session = model.openInference();
  }

  /** What the version takes this image for. */
  int label(Digit digit) {
    float[] scores = new float[Digit.LABELS];
    session.infer(digit.features(), 1, scores);
    return best(scores);
  }

  /** The index of the largest score. */
  static int best(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] > scores[best]) {
        best = i;
      }
    }
    return best;
  }

  /** The softmax of {@code scores} at {@code index}. */
  static double probability(float[] scores, int index) {
    float largest = scores[best(scores)];
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp((double) score - largest);
    }
    return Math.exp((double) scores[index] - largest) / sum;
  }

  @Override
  public void close() {
    session.close();
    model.close();
  }
}
