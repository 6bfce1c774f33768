package io.covey.coordinator.round;

/** What a finished round answers: stragglers are refused, everything else is too late to matter. */
final class AfterTheEnd {
  private AfterTheEnd() {}

  static Step answer(RoundPhase finished, RoundEvent event) {
    return event instanceof RoundEvent.ChunkReceived chunk
        ? Step.of(finished, new RoundEffect.Refuse(chunk.agent(), RefusalReason.LATE))
        : Step.stay(finished);
  }
}
