package io.covey.edgeagent.session;

import java.util.List;

/**
 * The answer of a state machine to one event.
 *
 * @param next the state from now on
 * @param effects what must happen outside, in this order
 */
public record Step<S, E>(S next, List<E> effects) {

  public Step {
    effects = List.copyOf(effects);
  }

  /** The event changes nothing. */
  public static <S, E> Step<S, E> unchanged(S state) {
    return new Step<>(state, List.of());
  }
}
