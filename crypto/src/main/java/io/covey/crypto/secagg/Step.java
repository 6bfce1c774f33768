package io.covey.crypto.secagg;

import java.util.List;

/**
 * The answer to an event: the phase that follows, and what must be done, in order.
 *
 * @param <S> phases of one side
 * @param <E> effects of that side
 */
public record Step<S, E>(S next, List<E> effects) {
  public Step {
    effects = List.copyOf(effects);
  }

  /** Nothing changes, nothing is done. */
  public static <S, E> Step<S, E> stay(S phase) {
    return new Step<>(phase, List.of());
  }
}
