package io.covey.coordinator.registry;

/** How the weights of a served file are written. */
public enum ServingForm {
  /** Weights and activations as 8-bit integers, by ranges measured on calibration samples. */
  INT8,
  /** Large weights as 8-bit integers; activations are quantized as they come. */
  DYNAMIC_RANGE,
  /** Weights as 16-bit floats, which are widened when the model is loaded. */
  FLOAT16,
  /** As they are trained. */
  FLOAT32
}
