package io.covey.crypto.secagg.server;

import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Step 3: decides whose masked vectors are in the sum. */
final class MaskedInput implements ServerPhase {
  private final ServerSession session;
  private final Cohort cohort;
  private final Map<AgentId, SharesPromise> shares;
  private final Gathering<MaskedInputReceipt> gathering;

  MaskedInput(ServerSession session, Cohort cohort, Map<AgentId, SharesPromise> shares) {
    this.session = session;
    this.cohort = cohort;
    this.shares = shares;
    this.gathering = new Gathering<>(shares.keySet());
  }

  @Override
  public Step<ServerPhase, ServerEffect> on(ServerEvent event) {
    List<ServerEffect> effects = new ArrayList<>();
    boolean over = gathering.endsBy(event, ServerEvent.Stage.MASKED_INPUT, effects);
    if (event instanceof ServerEvent.Cancelled) {
      return session.fail(FailureReason.CANCELLED, effects);
    }
    if (event instanceof ServerEvent.InputReceived input) {
      MaskedInputReceipt receipt = input.receipt();
      if (gathering.take(receipt.from(), receipt, () -> faultOf(input), effects)) {
        effects.add(new ServerEffect.Include(receipt.from()));
      }
      over = gathering.isComplete();
    }
    if (over) {
      gathering.dropSilent(effects);
    }
    takeBackDropped(effects);
    session.remember(event);
    event.wipe();
    return over ? close(effects) : new Step<>(this, effects);
  }

  private Optional<DropReason> faultOf(ServerEvent.InputReceived input) {
    MaskedInputReceipt receipt = input.receipt();
    if (!receipt.session().equals(session.id())) {
      return Optional.of(DropReason.WRONG_CONTEXT);
    }
    if (!session.primitives().isSigned(receipt.from(), receipt.statement(), receipt.signature())) {
      return Optional.of(DropReason.SIGNATURE_INVALID);
    }
    if (receipt.words() != session.descriptor().vector().layout().words()) {
      return Optional.of(DropReason.WRONG_LENGTH);
    }
    if (!receipt.digest().equals(input.arrived())) {
      return Optional.of(DropReason.WRONG_DIGEST);
    }
    return vouchesForItsShares(receipt) ? Optional.empty() : Optional.of(DropReason.SHARES_ALTERED);
  }

  private boolean vouchesForItsShares(MaskedInputReceipt receipt) {
    return Optional.ofNullable(shares.get(receipt.from()))
        .filter(sent -> sent.digest().equals(receipt.sharesDigest()))
        .isPresent();
  }

  private static void takeBackDropped(List<ServerEffect> effects) {
    for (ServerEffect effect : List.copyOf(effects)) {
      if (effect instanceof ServerEffect.Drop drop) {
        effects.add(new ServerEffect.TakeBack(drop.agent()));
      }
    }
  }

  private Step<ServerPhase, ServerEffect> close(List<ServerEffect> effects) {
    SortedSet<AgentId> survivors = new TreeSet<>(gathering.received().keySet());
    SortedSet<AgentId> dropped = new TreeSet<>(shares.keySet());
    dropped.removeAll(survivors);
    if (survivors.size() < session.minimum()) {
      return session.fail(FailureReason.TOO_FEW_SURVIVORS, effects);
    }
    BitSet sharing = cohort.ranksOf(shares.keySet());
    if (!cohort.allHave(session.threshold(), cohort.ranksOf(survivors), sharing)) {
      return session.fail(FailureReason.TOO_FEW_SURVIVING_NEIGHBOURS, effects);
    }
    SurvivorSet set = new SurvivorSet(session.id(), cohort.roster().root(), survivors, dropped);
    effects.add(new ServerEffect.AnnounceSurvivors(set));
    effects.add(session.deadline(ServerEvent.Stage.CONSISTENCY_CHECK));
    Masked masked = new Masked(cohort, shares, set, set.root());
    return session.enter(new ConsistencyCheck(session, masked), effects);
  }

  @Override
  public Optional<ServerEvent.Stage> stage() {
    return Optional.of(ServerEvent.Stage.MASKED_INPUT);
  }

  @Override
  public Set<AgentId> awaited() {
    return gathering.awaited();
  }

  @Override
  public int answered() {
    return gathering.received().size();
  }
}
