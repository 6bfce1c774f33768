package io.covey.crypto.secagg.wire;

import com.google.protobuf.ByteString;
import io.covey.crypto.secagg.Roster;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.DecodeException;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Members of a roster as numbers and as bits. */
final class Ranks {
  private Ranks() {}

  static AgentId agentAt(Roster roster, int rank) throws DecodeException {
    if (rank < 1 || rank > roster.size()) {
      throw refusal("rank %d in a roster of %d".formatted(rank, roster.size()));
    }
    return roster.entries().get(rank - 1).from();
  }

  /** Rank r is bit (r-1) mod 8, counted from the lowest, of byte (r-1) div 8. */
  static ByteString bits(Roster roster, Set<AgentId> members) {
    byte[] bits = new byte[(roster.size() + Byte.SIZE - 1) / Byte.SIZE];
    for (AgentId member : members) {
      int index = roster.rankOf(member) - 1;
      bits[index / Byte.SIZE] |= (byte) (1 << (index % Byte.SIZE));
    }
    return ByteString.copyFrom(bits);
  }

  static SortedSet<AgentId> members(Roster roster, ByteString bits) throws DecodeException {
    int expected = (roster.size() + Byte.SIZE - 1) / Byte.SIZE;
    if (bits.size() != expected) {
      throw refusal("a set of %d bytes, expected %d".formatted(bits.size(), expected));
    }
    SortedSet<AgentId> members = new TreeSet<>();
    for (int index = 0; index < bits.size() * Byte.SIZE; index++) {
      if ((bits.byteAt(index / Byte.SIZE) & (1 << (index % Byte.SIZE))) != 0) {
        members.add(agentAt(roster, index + 1));
      }
    }
    return members;
  }

  static DecodeException refusal(String message) {
    return new DecodeException(DecodeException.Kind.OUT_OF_RANGE, message);
  }
}
