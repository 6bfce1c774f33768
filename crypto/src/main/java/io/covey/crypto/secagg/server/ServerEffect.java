package io.covey.crypto.secagg.server;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.protocols.id.AgentId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/** What the shell must do for a coordinator's session. */
public sealed interface ServerEffect {

  /** Sends the signed descriptor to everybody invited. */
  record Offer(SortedSet<AgentId> to) implements ServerEffect {}

  /** Answers with {@link ServerEvent.DeadlineReached} after the period. */
  record StartDeadline(ServerEvent.Stage stage, Duration period) implements ServerEffect {}

  /** Sends the roster to everybody in it. */
  record SendRoster(Roster roster) implements ServerEffect {}

  /** Sends a participant the boxes that its neighbours sealed for it, by sender. */
  record DeliverShares(AgentId to, Map<AgentId, Octets> boxes) implements ServerEffect {
    public DeliverShares {
      boxes = Map.copyOf(boxes);
    }
  }

  /** The participant's vector is in the sum from now on, to be added if it is not yet. */
  record Include(AgentId agent) implements ServerEffect {}

  /** Takes out of the sum whatever of the participant's vector was added. */
  record TakeBack(AgentId agent) implements ServerEffect {}

  /** Sends the survivor set to every survivor. */
  record AnnounceSurvivors(SurvivorSet survivors) implements ServerEffect {}

  /** Sends a participant its neighbours' confirmations. */
  record RequestUnmasking(AgentId to, List<Confirmation> confirmations) implements ServerEffect {
    public RequestUnmasking {
      confirmations = List.copyOf(confirmations);
    }
  }

  /** Counts a participant that is waited for no longer. */
  record Drop(AgentId agent, DropReason reason) implements ServerEffect {}

  /** Runs the job, once and off the event loop; answers with {@link ServerEvent.SecretsOpened}. */
  record OpenSecrets(SecretOpening job) implements ServerEffect {}

  /** Applies the terms to the sum and closes them. */
  record RemoveMasks(List<MaskTerm> terms) implements ServerEffect {
    public RemoveMasks {
      terms = List.copyOf(terms);
    }
  }

  /** The sum is that of exactly these participants' vectors. */
  record SumOpened(SortedSet<AgentId> survivors) implements ServerEffect {}

  /** No sum opens; the shell lets go of it. */
  record Fail(FailureReason reason) implements ServerEffect {}
}
