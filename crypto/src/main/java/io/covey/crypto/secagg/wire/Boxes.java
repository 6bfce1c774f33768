package io.covey.crypto.secagg.wire;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.Roster;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.SealedBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Sealed boxes by the other party. */
final class Boxes {
  private Boxes() {}

  static List<SealedBox> write(Map<AgentId, Octets> boxes, Roster roster) {
    List<SealedBox> wire = new ArrayList<>();
    new TreeMap<>(boxes)
        .forEach((agent, box) -> wire.add(new SealedBox(roster.rankOf(agent), WireOctets.of(box))));
    return wire;
  }

  static SortedMap<AgentId, Octets> read(List<SealedBox> wire, Roster roster)
      throws DecodeException {
    SortedMap<AgentId, Octets> boxes = new TreeMap<>();
    for (SealedBox box : wire) {
      AgentId agent = Ranks.agentAt(roster, box.rank());
      if (boxes.put(agent, WireOctets.octets(box.sealed())) != null) {
        throw Ranks.refusal("two boxes of rank " + box.rank());
      }
    }
    return boxes;
  }
}
