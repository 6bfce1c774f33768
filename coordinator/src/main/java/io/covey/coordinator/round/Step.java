package io.covey.coordinator.round;

import java.util.List;

/** The answer to an event: the phase that follows, and what must be done, in order. */
public record Step(RoundPhase next, List<RoundEffect> effects) {
  public Step {
    effects = List.copyOf(effects);
  }

  static Step stay(RoundPhase phase) {
    return new Step(phase, List.of());
  }

  static Step of(RoundPhase next, RoundEffect... effects) {
    return new Step(next, List.of(effects));
  }
}
