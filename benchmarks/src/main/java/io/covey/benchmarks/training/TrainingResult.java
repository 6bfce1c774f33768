package io.covey.benchmarks.training;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Locale;

/**
 * What a run has measured.
 *
 * @param batch examples in a step
 */
record TrainingResult(TrainingBench bench, int batch, Step step, Losses losses) {

  /**
   * What a step took, means of the fastest tenth.
   *
   * @param cpuMicros of the thread
   */
  record Step(double elapsedMicros, double cpuMicros) {}

  /**
   * By these a run can be compared with another's on the same examples.
   *
   * @param first before the first step of all
   * @param last before the last step
   */
  record Losses(float first, float last) {}

  /** One JSON object. */
  String json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", "training")
        .put("batch", batch)
        .put("warmUpSteps", bench.warmUpSteps())
        .put("steps", bench.steps())
        .put("learningRate", bench.learningRate())
        .put("elapsedMicros", step.elapsedMicros())
        .put("cpuMicros", step.cpuMicros())
        .put("firstLoss", losses.first())
        .put("lastLoss", losses.last())
        .toString();
  }

  /** One line for people. */
  String text() {
    return String.format(
        Locale.ROOT,
        "%.1f us a step of %d examples (CPU %.1f us), fastest tenth of %d after %d to warm up;"
            + " loss from %.4f to %.4f",
        step.elapsedMicros(),
        batch,
        step.cpuMicros(),
        bench.steps(),
        bench.warmUpSteps(),
        losses.first(),
        losses.last());
  }
}
