package io.covey.coordinator.round;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who was invited and how far each has come. Owned by the phase that is current. */
final class Cohort {

  /** How far one participant has come; ADDED and DROPPED are final. */
  enum Standing {
    INVITED,
    ADDING,
    ADDED,
    DROPPED
  }

  private static final class Participant {
    private Standing standing = Standing.INVITED;
    private boolean present = true;
    private final @Nullable Sha256[] chunks;
    private int chunksHeld;

    Participant(int chunkCount) {
      chunks = new Sha256[chunkCount];
    }
  }

  private final Map<AgentId, Participant> participants = new LinkedHashMap<>();
  private final Map<Standing, Integer> counts = new EnumMap<>(Standing.class);

  Cohort(Collection<AgentId> members, int chunkCount) {
    for (AgentId member : members) {
      participants.put(member, new Participant(chunkCount));
    }
    counts.put(Standing.INVITED, participants.size());
  }

  Optional<Standing> standing(AgentId agent) {
    return Optional.ofNullable(participants.get(agent)).map(p -> p.standing);
  }

  void become(AgentId agent, Standing standing) {
    Participant participant = member(agent);
    counts.merge(participant.standing, -1, Integer::sum);
    counts.merge(standing, 1, Integer::sum);
    participant.standing = standing;
  }

  void setPresent(AgentId agent, boolean present) {
    Participant participant = participants.get(agent);
    if (participant != null) {
      participant.present = present;
    }
  }

  /** The fingerprint of a chunk that is here already; {@code index} has been checked. */
  @Nullable Sha256 chunk(AgentId agent, int index) {
    return member(agent).chunks[index];
  }

  /** Notes a new chunk; answers whether the update is complete now. */
  boolean holdChunk(AgentId agent, int index, Sha256 fingerprint) {
    Participant participant = member(agent);
    participant.chunks[index] = fingerprint;
    participant.chunksHeld++;
    return participant.chunksHeld == participant.chunks.length;
  }

  int count(Standing standing) {
    return counts.getOrDefault(standing, 0);
  }

  /** Those that are in the sum, or can still get there. */
  int possibleReports() {
    return participants.size() - count(Standing.DROPPED);
  }

  /** Whether every participant that has not reported is offline. */
  boolean onlyAbsentAreMissing() {
    return participants.values().stream()
        .noneMatch(p -> p.standing == Standing.INVITED && p.present);
  }

  boolean isPresent(AgentId agent) {
    return member(agent).present;
  }

  List<AgentId> members() {
    return List.copyOf(participants.keySet());
  }

  List<AgentId> with(Standing standing) {
    List<AgentId> found = new ArrayList<>();
    participants.forEach(
        (agent, participant) -> {
          if (participant.standing == standing) {
            found.add(agent);
          }
        });
    return found;
  }

  private Participant member(AgentId agent) {
    Participant participant = participants.get(agent);
    if (participant == null) {
      throw new IllegalArgumentException(agent + " is not in the cohort");
    }
    return participant;
  }
}
