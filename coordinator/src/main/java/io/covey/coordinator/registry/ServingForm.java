package io.covey.coordinator.registry;

/** How the weights of a served file are written. */
public enum ServingForm {
  /** As they are trained. */
  FLOAT32
}
