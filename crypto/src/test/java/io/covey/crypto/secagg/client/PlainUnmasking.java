package io.covey.crypto.secagg.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SessionKeys;
import io.covey.crypto.secagg.ShamirReconstruction;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a coordinator that keeps to the protocol unmasks, in the plainest way. */
final class PlainUnmasking {
  private final Roster roster;
  private final List<UnmaskingShares> answers;

  PlainUnmasking(Roster roster, List<UnmaskingShares> answers) {
    this.roster = roster;
    this.answers = answers;
  }

  /** Takes all masks off the sum, from t shares of each secret. */
  void open(PlainCoordinator world, Map<AgentId, SealedShares> shares, SurvivorSet set) {
    SessionKeys keys = new SessionKeys(PlainSession.descriptor().sessionId(), roster.root());
    MaskExpander expander = new MaskExpander(Prg.aesCtr());
    for (AgentId alive : set.survivors()) {
      SecretBytes secret = reconstruct(alive, true);
      assertThat(keys.commitment(alive, secret))
          .isEqualTo(requireNonNull(shares.get(alive)).seedCommitment());
      expander.apply(
          new MaskTerm(MaskTerm.Sign.SUBTRACT, keys.selfMaskSeed(alive, secret)), world.sum);
    }
    for (AgentId gone : set.dropped()) {
      SecretBytes key = reconstruct(gone, false);
      assertThat(world.agreement.publicKeyOf(key)).isEqualTo(roster.entryOf(gone).maskKey());
      for (AgentId alive : set.survivors()) {
        SecretBytes seed =
            keys.pairwiseMaskSeed(world.agreement, gone, key, roster.entryOf(alive)).orElseThrow();
        expander.apply(new MaskTerm(MaskTerm.Sign.of(alive, gone).opposite(), seed), world.sum);
      }
    }
  }

  private SecretBytes reconstruct(AgentId owner, boolean alive) {
    List<Integer> places = new ArrayList<>();
    List<SecretBytes> held = new ArrayList<>();
    for (UnmaskingShares answer : answers) {
      SecretBytes share = (alive ? answer.selfMaskShares() : answer.maskKeyShares()).get(owner);
      if (share != null && held.size() < PlainSession.THRESHOLD) {
        places.add(roster.rankOf(answer.from()));
        held.add(share);
      }
    }
    return new ShamirReconstruction(places.stream().mapToInt(Integer::intValue).toArray())
        .open(held)
        .orElseThrow();
  }
}
