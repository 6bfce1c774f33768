package io.covey.models.quantization;

/** How a graph is made smaller. */
public enum QuantizationMode {
  /** Large weights as bytes; sums of products quantize their inputs as they run. */
  DYNAMIC_RANGE,
  /** Weights and values as bytes, by ranges that were seen on examples. */
  FULL_INTEGER,
  /** Weights as half floats, widened when the graph is loaded. */
  FLOAT16
}
