package io.covey.coordinator.round;

import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.protocols.id.AgentId;
import java.time.Duration;
import java.util.List;

/** What the shell must do for a round. */
public sealed interface RoundEffect {

  /** Answers with {@link RoundEvent.SelectionOver} after the period. */
  record StartSelection(Duration period) implements RoundEffect {}

  /** Sends the plan to an agent. */
  record Invite(AgentId agent) implements RoundEffect {}

  /**
   * Does what the session of secure aggregation asks of its shell: deadlines, messages, and the
   * work of opening secrets and removing masks.
   */
  record OfSession(ServerEffect effect) implements RoundEffect {}

  /** Tells a participant that its chunks may come. */
  record GrantUpload(AgentId agent) implements RoundEffect {}

  /**
   * Answers with {@link RoundEvent.UploadWatched} after the period.
   *
   * @param held how many of the agent's chunks are here now
   */
  record WatchUpload(AgentId agent, int held, Duration period) implements RoundEffect {}

  /** Adds the chunk at hand to the sum, and keeps it until it is settled or taken back. */
  record AddChunk(AgentId agent, int index) implements RoundEffect {}

  /** The agent's update is in the sum for good: its chunks need not be kept any more. */
  record Settle(AgentId agent) implements RoundEffect {}

  /** Takes out of the sum whatever of the agent's chunks was added. */
  record TakeBack(AgentId agent) implements RoundEffect {}

  /** Counts a member of the cohort as dropped. */
  record Drop(AgentId agent, DropReason reason) implements RoundEffect {}

  /** Counts a member whose update is in the sum, and which does not help to open it. */
  record Reproach(AgentId agent, DropReason reason) implements RoundEffect {}

  /** Counts a message that changes nothing. */
  record Refuse(AgentId agent, RefusalReason reason) implements RoundEffect {}

  /**
   * Decodes the sum, which is without masks by then; answers with {@link RoundEvent.SumOpened} or
   * {@link RoundEvent.WorkFailed}.
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
