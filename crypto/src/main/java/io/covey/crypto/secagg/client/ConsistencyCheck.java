package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.protocols.id.AgentId;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/** Step 4: checks whose updates are said to be in the sum, and signs it, once. */
final class ConsistencyCheck implements ClientPhase {
  private final ClientSession session;
  private final Neighbourhood around;
  private final SortedSet<AgentId> maskedWith;

  ConsistencyCheck(ClientSession session, Neighbourhood around, SortedSet<AgentId> maskedWith) {
    this.session = session;
    this.around = around;
    this.maskedWith = maskedWith;
  }

  @Override
  public Step<ClientPhase, ClientEffect> on(ClientEvent event) {
    if (!(event instanceof ClientEvent.SurvivorsAnnounced announced)) {
      return session.otherwise(this, event);
    }
    SurvivorSet set = announced.survivors();
    Optional<RefusalReason> refusal = refusalOf(set);
    if (refusal.isPresent()) {
      return session.leave(refusal.get());
    }
    session.accept(announced);
    Confirmation unsigned =
        new Confirmation(session.id(), session.self(), set.root(), Octets.copyOf(new byte[0]));
    Confirmation confirmation = unsigned.signed(session.sign(unsigned.statement()));
    return new Step<>(
        new Unmasking(session, around, set),
        List.of(new ClientEffect.SendConfirmation(confirmation)));
  }

  private Optional<RefusalReason> refusalOf(SurvivorSet set) {
    Set<AgentId> survivors = set.survivors();
    if (survivors.size() > around.roster().size()
        || set.dropped().size() > around.roster().size()) {
      return Optional.of(RefusalReason.OVERSIZED_MESSAGE);
    }
    if (!set.session().equals(session.id()) || !set.rosterRoot().equals(around.roster().root())) {
      return Optional.of(RefusalReason.SURVIVORS_OF_ANOTHER_SESSION);
    }
    if (!Collections.disjoint(survivors, set.dropped())) {
      return Optional.of(RefusalReason.NAMED_ALIVE_AND_DEAD);
    }
    if (!survivors.stream().allMatch(around.roster()::contains)
        || !set.dropped().stream().allMatch(around.roster()::contains)) {
      return Optional.of(RefusalReason.SURVIVOR_NOT_IN_ROSTER);
    }
    if (!survivors.contains(session.self())) {
      return Optional.of(RefusalReason.NOT_AMONG_SURVIVORS);
    }
    if (survivors.size() < session.descriptor().cohort().minimum()) {
      return Optional.of(RefusalReason.TOO_FEW_SURVIVORS);
    }
    long surviving = maskedWith.stream().filter(survivors::contains).count();
    if (surviving < session.descriptor().cohort().threshold()) {
      return Optional.of(RefusalReason.TOO_FEW_SURVIVING_NEIGHBOURS);
    }
    return refusalOfNeighbours(set);
  }

  /**
   * Survivors and dropped are all who shared keys. If that were more or fewer neighbours than those
   * whose shares were delivered here, others may have masked with this participant without its
   * knowing, or the reverse; a coordinator that delivers to each what it likes could so arrange
   * that the masks of a few cancel among themselves.
   */
  private Optional<RefusalReason> refusalOfNeighbours(SurvivorSet set) {
    for (AgentId neighbour : around.neighbours()) {
      boolean shared = set.survivors().contains(neighbour) || set.dropped().contains(neighbour);
      if (shared != maskedWith.contains(neighbour)) {
        return Optional.of(
            shared ? RefusalReason.SHARES_WITHHELD : RefusalReason.NEIGHBOUR_UNACCOUNTED);
      }
    }
    return Optional.empty();
  }
}
