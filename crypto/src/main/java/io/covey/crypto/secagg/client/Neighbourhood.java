package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SessionKeys;
import io.covey.protocols.id.AgentId;
import java.util.Optional;
import java.util.SortedSet;

/** The roster as a participant has accepted it, and its neighbours in it. */
record Neighbourhood(Roster roster, SortedSet<AgentId> neighbours, SessionKeys keys) {

  Neighbourhood(Roster roster, SortedSet<AgentId> neighbours, Octets session) {
    this(roster, neighbours, new SessionKeys(session, roster.root()));
  }

  /** Keys of the boxes between this participant and a neighbour. */
  Optional<SessionKeys.BoxKeys> boxKeys(ClientSession session, AgentId neighbour) {
    return keys.boxKeys(
        session.primitives().agreement(),
        session.self(),
        session.keys().channelKey(),
        roster.entryOf(neighbour));
  }
}
