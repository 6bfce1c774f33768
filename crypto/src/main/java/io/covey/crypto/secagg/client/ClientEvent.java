package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.protocols.id.AgentId;
import java.util.List;
import java.util.Map;

/** What can happen to a participant in a session. */
public sealed interface ClientEvent {

  /** A message of the coordinator. There is one of each kind in a session. */
  sealed interface Received extends ClientEvent {}

  /** The coordinator offers a session. */
  record SessionOffered(SessionDescriptor descriptor, Octets signature) implements Received {}

  /** Who takes part, with which keys. */
  record RosterReceived(Roster roster) implements Received {}

  /** The boxes that neighbours sealed for this participant, by sender. */
  record SharesDelivered(Map<AgentId, Octets> boxes) implements Received {
    public SharesDelivered {
      boxes = Map.copyOf(boxes);
    }
  }

  /** Whose updates are in the sum. */
  record SurvivorsAnnounced(SurvivorSet survivors) implements Received {}

  /** The request to unmask, with what neighbours confirmed. */
  record UnmaskingRequested(List<Confirmation> confirmations) implements Received {
    public UnmaskingRequested {
      confirmations = List.copyOf(confirmations);
    }
  }

  /**
   * The masks of {@link ClientEffect.Mask} are on the vector.
   *
   * @param digest {@link io.covey.crypto.secagg.VectorDigest} of the chunks as they are sent
   */
  record InputMasked(int words, Octets digest) implements ClientEvent {}

  /** The decision is on disk, where there was none for the session. */
  record DecisionPersisted(Octets session) implements ClientEvent {}

  /** There was a decision for the session on disk, or none could be written. */
  record DecisionRefused(Octets session) implements ClientEvent {}

  /** The shell ends it. */
  record Cancelled() implements ClientEvent {}
}
