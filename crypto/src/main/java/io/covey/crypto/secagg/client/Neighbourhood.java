package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
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

  /** Key of the box that takes a route between this participant and a neighbour. */
  Optional<SecretBytes> boxKey(ClientSession session, AgentId neighbour, SessionKeys.Route route) {
    return keys.boxKey(
        session.primitives().agreement(),
        session.keys().channelKey(),
        roster.entryOf(neighbour).channelKey(),
        route);
  }
}
