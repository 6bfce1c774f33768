package io.covey.crypto.secagg.server;

import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.Shamir;
import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/** Step 5: collects shares, has the secrets opened, and takes the masks off the sum. */
final class Unmasking implements ServerPhase {
  private final ServerSession session;
  private final Masked masked;
  private final Gathering<UnmaskingShares> gathering;
  private boolean opening;

  Unmasking(ServerSession session, Masked masked, Collection<AgentId> answering) {
    this.session = session;
    this.masked = masked;
    this.gathering = new Gathering<>(answering);
  }

  @Override
  public Step<ServerPhase, ServerEffect> on(ServerEvent event) {
    List<ServerEffect> effects = new ArrayList<>();
    if (event instanceof ServerEvent.Cancelled) {
      if (!opening) {
        gathering.received().values().forEach(UnmaskingShares::wipe);
      }
      return session.fail(FailureReason.CANCELLED, effects);
    }
    if (opening) {
      return whileOpening(event, effects);
    }
    boolean over = gathering.endsBy(event, ServerEvent.Stage.UNMASKING, effects);
    if (event instanceof ServerEvent.Answered answered) {
      take(answered.message(), effects);
      over = gathering.isComplete();
    } else {
      event.wipe();
    }
    if (over) {
      gathering.dropSilent(effects);
      opening = true;
      effects.add(
          new ServerEffect.OpenSecrets(
              new SecretOpening(session, masked, List.copyOf(gathering.received().values()))));
    }
    return new Step<>(this, effects);
  }

  /** The job has the shares now, and wipes them. */
  private Step<ServerPhase, ServerEffect> whileOpening(
      ServerEvent event, List<ServerEffect> effects) {
    if (event instanceof ServerEvent.SecretsOpened opened) {
      return finish(opened.result(), effects);
    }
    if (!(event instanceof ServerEvent.Answered answered) || !isKept(answered.message())) {
      event.wipe();
    }
    return Step.stay(this);
  }

  private void take(UnmaskingShares message, List<ServerEffect> effects) {
    Optional<UnmaskingShares> before = kept(message.from());
    gathering.take(message.from(), message, () -> faultOf(message), effects);
    if (!isKept(message)) {
      message.wipe();
    }
    if (kept(message.from()).isEmpty()) {
      before.ifPresent(UnmaskingShares::wipe);
    }
  }

  private Optional<UnmaskingShares> kept(AgentId from) {
    return Optional.ofNullable(gathering.received().get(from));
  }

  /** Whether it is the very object, whose shares a copy that comes again does not have. */
  @SuppressWarnings("ReferenceEquality")
  private boolean isKept(UnmaskingShares message) {
    return kept(message.from()).filter(kept -> kept == message).isPresent();
  }

  private Optional<DropReason> faultOf(UnmaskingShares message) {
    if (!message.session().equals(session.id())) {
      return Optional.of(DropReason.WRONG_CONTEXT);
    }
    return areOfNeighbours(message)
            && masked.set().survivors().containsAll(message.selfMaskShares().keySet())
            && masked.set().dropped().containsAll(message.maskKeyShares().keySet())
            && areShares(message.selfMaskShares().values())
            && areShares(message.maskKeyShares().values())
        ? Optional.empty()
        : Optional.of(DropReason.WRONG_SHARES);
  }

  private boolean areOfNeighbours(UnmaskingShares message) {
    int most = session.descriptor().cohort().neighbours();
    return message.selfMaskShares().size() <= most
        && message.maskKeyShares().size() <= most
        && masked.cohort().areNeighbours(message.selfMaskShares().keySet(), message.from())
        && masked.cohort().areNeighbours(message.maskKeyShares().keySet(), message.from());
  }

  private static boolean areShares(Collection<SecretBytes> shares) {
    return shares.stream().allMatch(share -> share.length() == Shamir.SHARE_BYTES);
  }

  private Step<ServerPhase, ServerEffect> finish(
      SecretOpening.Result result, List<ServerEffect> effects) {
    for (AgentId liar : result.liars()) {
      gathering.drop(liar, DropReason.BAD_SHARE, effects);
    }
    if (!result.isOpen()) {
      for (AgentId owner : result.unopened()) {
        effects.add(new ServerEffect.Drop(owner, DropReason.SECRET_UNOPENED));
      }
      return session.fail(FailureReason.SECRET_NOT_OPENED, effects);
    }
    SortedSet<AgentId> survivors = masked.set().survivors();
    effects.add(new ServerEffect.RemoveMasks(result.terms()));
    effects.add(new ServerEffect.SumOpened(survivors));
    return new Step<>(new Completed(survivors), effects);
  }

  @Override
  public Optional<ServerEvent.Stage> stage() {
    return Optional.of(ServerEvent.Stage.UNMASKING);
  }

  @Override
  public Set<AgentId> awaited() {
    return opening ? Set.of() : gathering.awaited();
  }

  @Override
  public int answered() {
    return gathering.received().size();
  }
}
