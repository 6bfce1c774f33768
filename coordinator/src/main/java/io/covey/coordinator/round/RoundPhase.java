package io.covey.coordinator.round;

/**
 * One federated round as a pure state machine: events in, effects out.
 *
 * <pre>
 * Selecting --enough agents, or the selection period is over--> Summing
 * Summing --the session's masks are off the sum--> Aggregating
 * Aggregating --sum decoded--> Committing
 * Committing --version stored--> Completed
 * any --too few agents or reports, failed work, cancelled--> Failed(reason)
 * </pre>
 *
 * <p>Vectors stay outside: the machine tracks who is in the sum, the shell adds. {@link Summing}
 * holds the phases of secure aggregation, which decide who that is. A peer's fault is a {@link
 * RoundEffect.Drop} or {@link RoundEffect.Refuse} with a reason; an event that cannot come from a
 * correct shell is an exception.
 *
 * <p>Thread rule: confined to one thread. A phase hands its state on to its successor and must not
 * be used after it has answered with another phase.
 */
public sealed interface RoundPhase
    permits Selecting, Summing, Aggregating, Committing, Completed, Failed {

  /** The one transition function. */
  Step on(RoundEvent event);
}
