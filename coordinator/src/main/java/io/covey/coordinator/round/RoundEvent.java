package io.covey.coordinator.round;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.RoundDeclined;
import java.util.Set;

/** What can happen to a round. */
public sealed interface RoundEvent {

  /** The two periods that a round waits through. */
  enum Deadline {
    SELECTION,
    REPORTING
  }

  /** The agents that could be invited now. */
  record CandidatesChanged(Set<AgentId> eligible) implements RoundEvent {
    public CandidatesChanged {
      eligible = Set.copyOf(eligible);
    }
  }

  /** A period is over. A deadline of a phase that has passed is ignored. */
  record DeadlineReached(Deadline deadline) implements RoundEvent {}

  /**
   * A piece of an update arrived; the shell holds its words until it is told what to do with them.
   *
   * @param words how many 64-bit words it holds
   * @param fingerprint of the words
   */
  record ChunkReceived(AgentId agent, int index, int count, int words, Sha256 fingerprint)
      implements RoundEvent {}

  /** An update is in the sum. */
  record UpdateAdded(AgentId agent) implements RoundEvent {}

  /** An update was looked at and is not in the sum. */
  record UpdateRejected(AgentId agent, DropReason reason) implements RoundEvent {}

  /** A participant leaves by its own choice. */
  record Declined(AgentId agent, RoundDeclined.Reason reason) implements RoundEvent {}

  /** A participant is offline. */
  record AgentLost(AgentId agent) implements RoundEvent {}

  /** A participant is online again. */
  record AgentBack(AgentId agent) implements RoundEvent {}

  /** The sum was opened and gave a usable mean update. */
  record SumOpened() implements RoundEvent {}

  /** The new version is stored. */
  record VersionCommitted(ModelVersion version) implements RoundEvent {}

  /** What the phase waited for cannot be had. */
  record WorkFailed(FailureReason reason) implements RoundEvent {}

  /** An operator ends the round. */
  record Cancelled() implements RoundEvent {}
}
