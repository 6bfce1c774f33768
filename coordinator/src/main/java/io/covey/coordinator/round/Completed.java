package io.covey.coordinator.round;

import io.covey.protocols.id.ModelVersion;

/** The round made {@code version}. */
public record Completed(ModelVersion version) implements RoundPhase {
  @Override
  public Step on(RoundEvent event) {
    return AfterTheEnd.answer(this, event);
  }
}
