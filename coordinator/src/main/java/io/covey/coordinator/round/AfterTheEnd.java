package io.covey.coordinator.round;

/**
 * What a round answers that waits for nobody any more: stragglers are refused, secrets are wiped,
 * and everything else is too late to matter.
 */
final class AfterTheEnd {
  private AfterTheEnd() {}

  static Step answer(RoundPhase finished, RoundEvent event) {
    if (event instanceof RoundEvent.OfSession of) {
      // Shares that come late, or seeds that were still being opened.
      of.event().wipe();
    }
    return event instanceof RoundEvent.ChunkReceived chunk
        ? Step.of(finished, new RoundEffect.Refuse(chunk.agent(), RefusalReason.LATE))
        : Step.stay(finished);
  }
}
