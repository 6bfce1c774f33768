package io.covey.coordinator.round;

/**
 * One federated round as a pure state machine: events in, effects out.
 *
 * <pre>
 * Selecting --enough agents, or the selection period is over--> Training
 * Training --everybody reported or was dropped, or the deadline--> Aggregating
 * Aggregating --last update added--> (sum opened) --> Committing
 * Committing --version stored--> Completed
 * any --too few agents or reports, failed work, cancelled--> Failed(reason)
 * </pre>
 *
 * <p>Vectors stay outside: the machine tracks who is in the sum, the shell adds. A peer's fault is
 * a {@link RoundEffect.Drop} or {@link RoundEffect.Refuse} with a reason; an event that cannot come
 * from a correct shell is an exception.
 *
 * <p>Thread rule: confined to one thread. A phase hands its state on to its successor and must not
 * be used after it has answered with another phase.
 */
public sealed interface RoundPhase
    permits Selecting, Training, Aggregating, Committing, Completed, Failed {

  /** The one transition function. */
  Step on(RoundEvent event);
}
