package io.covey.edgeagent.selftest;

import java.util.Optional;

/**
 * A version as it is tested. The arrays are not copied, for they are as large as models are:
 * whoever makes one no longer writes to them.
 */
public final class Candidate {
  private final byte[] graph;
  private final Optional<float[]> weights;
  private final Optional<ReleasedSamples> samples;

  /**
   * @param graph a whole {@code .tflite} file
   * @param weights for all its variables; empty for a graph that holds its own
   * @param samples empty for {@link GeneratedInputs}
   */
  public Candidate(byte[] graph, Optional<float[]> weights, Optional<ReleasedSamples> samples) {
    this.graph = graph;
    this.weights = weights;
    this.samples = samples;
  }

  byte[] graph() {
    return graph;
  }

  Optional<float[]> weights() {
    return weights;
  }

  Optional<ReleasedSamples> samples() {
    return samples;
  }

  /** Bytes of graph and weights. */
  long sizeBytes() {
    return graph.length + weights.map(w -> (long) Float.BYTES * w.length).orElse(0L);
  }
}
