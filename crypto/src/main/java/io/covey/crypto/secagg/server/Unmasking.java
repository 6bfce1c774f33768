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

  Unmasking(ServerSession session, Masked masked, Set<AgentId> answering) {
    this.session = session;
    this.masked = masked;
    this.gathering = new Gathering<>(answering);
  }

  @Override
  public Step<ServerPhase, ServerEffect> on(ServerEvent event) {
    List<ServerEffect> effects = new ArrayList<>();
    if (event instanceof ServerEvent.Cancelled) {
      return session.fail(FailureReason.CANCELLED, effects);
    }
    if (opening) {
      return event instanceof ServerEvent.SecretsOpened opened
          ? finish(opened.result(), effects)
          : Step.stay(this);
    }
    boolean over = gathering.endsBy(event, ServerEvent.Stage.UNMASKING, effects);
    if (event instanceof ServerEvent.Answered answered) {
      UnmaskingShares message = answered.message();
      gathering.take(message.from(), message, () -> faultOf(message), effects);
      over = gathering.isComplete();
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

  private Optional<DropReason> faultOf(UnmaskingShares message) {
    if (!message.session().equals(session.id())) {
      return Optional.of(DropReason.WRONG_CONTEXT);
    }
    SortedSet<AgentId> neighbours = masked.cohort().graph().of(message.from());
    boolean right =
        neighbours.containsAll(message.selfMaskShares().keySet())
            && neighbours.containsAll(message.maskKeyShares().keySet())
            && masked.set().survivors().containsAll(message.selfMaskShares().keySet())
            && masked.set().dropped().containsAll(message.maskKeyShares().keySet())
            && areShares(message.selfMaskShares().values())
            && areShares(message.maskKeyShares().values());
    return right ? Optional.empty() : Optional.of(DropReason.WRONG_SHARES);
  }

  private static boolean areShares(Collection<SecretBytes> shares) {
    return shares.stream().allMatch(share -> share.length() == Shamir.SHARE_BYTES);
  }

  private Step<ServerPhase, ServerEffect> finish(
      SecretOpening.Result result, List<ServerEffect> effects) {
    for (AgentId liar : result.liars()) {
      gathering.drop(liar, DropReason.BAD_SHARE, effects);
    }
    if (result.terms().isEmpty()) {
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
