package io.covey.coordinator.round;

/** The round made nothing; the version it started from stays the newest. */
public record Failed(FailureReason reason) implements RoundPhase {
  @Override
  public Step on(RoundEvent event) {
    return AfterTheEnd.answer(this, event);
  }
}
