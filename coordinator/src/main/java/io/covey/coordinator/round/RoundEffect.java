package io.covey.coordinator.round;

import io.covey.protocols.id.AgentId;
import java.time.Duration;
import java.util.List;

/** What the shell must do for a round. */
public sealed interface RoundEffect {

  /** Sends the plan to an agent. */
  record Invite(AgentId agent) implements RoundEffect {}

  /** Answers with {@link RoundEvent.DeadlineReached} after the period. */
  record StartDeadline(RoundEvent.Deadline deadline, Duration period) implements RoundEffect {}

  /** Keeps the chunk that just arrived. */
  record KeepChunk(AgentId agent, int index) implements RoundEffect {}

  /**
   * Checks the complete update and adds it to the sum; answers with {@link RoundEvent.UpdateAdded}
   * or {@link RoundEvent.UpdateRejected}.
   */
  record AddToSum(AgentId agent) implements RoundEffect {}

  /** Counts a member of the cohort as dropped and lets go of what it had sent. */
  record Drop(AgentId agent, DropReason reason) implements RoundEffect {}

  /** Counts a message that changes nothing. */
  record Refuse(AgentId agent, RefusalReason reason) implements RoundEffect {}

  /**
   * Opens the sum; answers with {@link RoundEvent.SumOpened} or {@link RoundEvent.WorkFailed}.
   *
   * @param reports how many updates are in it
   */
  record OpenSum(int reports) implements RoundEffect {}

  /**
   * Makes, evaluates and stores the new version; answers with {@link RoundEvent.VersionCommitted}
   * or {@link RoundEvent.WorkFailed}.
   */
  record Commit() implements RoundEffect {}

  /** Tells the agents that the round is over. */
  record Close(List<AgentId> agents, boolean committed) implements RoundEffect {
    public Close {
      agents = List.copyOf(agents);
    }
  }
}
