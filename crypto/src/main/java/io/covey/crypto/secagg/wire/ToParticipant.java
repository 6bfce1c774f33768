package io.covey.crypto.secagg.wire;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.SharesDelivered;
import io.covey.protocols.message.SurvivorsAnnounced;
import io.covey.protocols.message.UnmaskingRequested;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the coordinator says, both ways; the roster itself is in {@link RosterPages}. */
public final class ToParticipant {
  private ToParticipant() {}

  /** The boxes that neighbours sealed for one participant, by sender. */
  public static SharesDelivered write(
      RoundId round, Octets session, Map<AgentId, Octets> boxes, Roster roster) {
    return new SharesDelivered(round, WireOctets.of(session), Boxes.write(boxes, roster));
  }

  /** The same, read. */
  public static Map<AgentId, Octets> read(SharesDelivered wire, Roster roster)
      throws DecodeException {
    return Boxes.read(wire.boxes(), roster);
  }

  /** Whose updates are in the sum. */
  public static SurvivorsAnnounced write(RoundId round, SurvivorSet set, Roster roster) {
    return new SurvivorsAnnounced(
        round,
        WireOctets.of(set.session()),
        WireOctets.of(set.rosterRoot()),
        Ranks.bits(roster, set.survivors()),
        Ranks.bits(roster, set.dropped()));
  }

  /** The same, read. */
  public static SurvivorSet read(SurvivorsAnnounced wire, Roster roster) throws DecodeException {
    return new SurvivorSet(
        WireOctets.octets(wire.session()),
        WireOctets.octets(wire.rosterRoot()),
        Ranks.members(roster, wire.survivors()),
        Ranks.members(roster, wire.dropped()));
  }

  /**
   * The request to unmask.
   *
   * @param set that all of them confirmed
   */
  public static UnmaskingRequested write(
      RoundId round, SurvivorSet set, List<Confirmation> confirmations, Roster roster) {
    ByteString root = WireOctets.of(set.root());
    return new UnmaskingRequested(
        round,
        WireOctets.of(set.session()),
        root,
        confirmations.stream()
            .map(
                confirmation ->
                    new UnmaskingRequested.Signed(
                        roster.rankOf(confirmation.from()),
                        WireOctets.of(confirmation.signature())))
            .toList());
  }

  /** The same, read. */
  public static List<Confirmation> read(UnmaskingRequested wire, Roster roster)
      throws DecodeException {
    Octets session = WireOctets.octets(wire.session());
    Octets root = WireOctets.octets(wire.root());
    List<Confirmation> confirmations = new ArrayList<>();
    for (UnmaskingRequested.Signed signed : wire.confirmations()) {
      confirmations.add(
          new Confirmation(
              session,
              Ranks.agentAt(roster, signed.rank()),
              root,
              WireOctets.octets(signed.signature())));
    }
    return confirmations;
  }
}
