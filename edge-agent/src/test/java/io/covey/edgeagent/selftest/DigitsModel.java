package io.covey.edgeagent.selftest;

import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.TrainingSession;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** A real model with 64 floats in and 10 out, whose weights are given. */
final class DigitsModel {
  static final int FEATURES = 64;

  private DigitsModel() {}

  static byte[] graph() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            DigitsModel.class.getResourceAsStream("/io/covey/edgeagent/digits.tflite"))) {
      return in.readAllBytes();
    }
  }

  /** All weights are {@code value}. */
  static Candidate candidate(float value, Optional<ReleasedSamples> samples) throws IOException {
    byte[] graph = graph();
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(graph);
        TrainingSession session = model.openTraining()) {
      float[] weights = new float[session.layout().size()];
      Arrays.fill(weights, value);
      return new Candidate(graph, Optional.of(weights), samples);
    }
  }

  static Candidate damaged() throws IOException {
    byte[] graph = graph();
    return new Candidate(
        Arrays.copyOf(graph, graph.length / 2), Optional.empty(), Optional.empty());
  }
}
