package io.covey.crypto.secagg.server;

import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.SessionKeys;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The heavy part of unmasking: opens every survivor's self-mask secret and every dropped
 * participant's mask key, and turns them into the masks that are to come off the sum. A pure job on
 * input that nobody else holds any more, to be run once, by any one thread; then the shares are
 * gone. A job that is not run is closed.
 *
 * <p>Every secret is compared with what its owner committed to, so a wrong share cannot pass.
 */
public final class SecretOpening implements AutoCloseable {
  private final Masked masked;
  private final ServerSession session;
  private final SessionKeys keys;
  private final Map<AgentId, UnmaskingShares> answers = new HashMap<>();
  private final ShareSearch search;
  private final Set<AgentId> unopened = new TreeSet<>();
  private final List<MaskTerm> terms = new ArrayList<>();
  private boolean complete = true;

  /**
   * What came out.
   *
   * @param isOpen whether every secret opened
   * @param terms masks to apply to the sum; none unless it is open
   * @param liars whose shares were wrong
   * @param unopened whose secret did not open although there were t shares of it
   */
  public record Result(
      boolean isOpen, List<MaskTerm> terms, Set<AgentId> liars, Set<AgentId> unopened) {
    public Result {
      terms = List.copyOf(terms);
      liars = Set.copyOf(liars);
      unopened = Set.copyOf(unopened);
    }
  }

  SecretOpening(ServerSession session, Masked masked, List<UnmaskingShares> answers) {
    this.session = session;
    this.masked = masked;
    this.keys = new SessionKeys(session.id(), masked.cohort().roster().root());
    this.search = new ShareSearch(masked.cohort().roster(), session.threshold());
    answers.forEach(answer -> this.answers.put(answer.from(), answer));
  }

  /** Does it all, and wipes the shares. */
  public Result run() {
    try (this) {
      masked.set().survivors().forEach(this::openSelfMask);
      masked.set().dropped().forEach(this::openMaskKey);
      if (!complete) {
        terms.forEach(MaskTerm::close);
        terms.clear();
      }
      return new Result(complete, terms, search.liars(), unopened);
    }
  }

  /** Wipes the shares. */
  @Override
  public void close() {
    answers.values().forEach(UnmaskingShares::wipe);
  }

  private void openSelfMask(AgentId owner) {
    SharesPromise committed = masked.shares().get(owner);
    if (committed == null) {
      throw new IllegalStateException(owner + " is in the sum without having shared keys");
    }
    open(
            owner,
            UnmaskingShares::selfMaskShares,
            secret -> committed.seedCommitment().equals(keys.commitment(owner, secret)))
        .ifPresent(
            secret -> {
              try (secret) {
                SecretBytes seed = keys.selfMaskSeed(owner, secret);
                terms.add(new MaskTerm(MaskTerm.Sign.SUBTRACT, seed));
              }
            });
  }

  private void openMaskKey(AgentId owner) {
    KeyAdvertisement advertised = masked.cohort().roster().entryOf(owner);
    open(
            owner,
            UnmaskingShares::maskKeyShares,
            key -> session.primitives().agreement().publicKeyOf(key).equals(advertised.maskKey()))
        .ifPresent(
            key -> {
              try (key) {
                addPairwiseTerms(owner, key);
              }
            });
  }

  /** What the surviving neighbours of a dropped participant have in the sum for it, undone. */
  private void addPairwiseTerms(AgentId dropped, SecretBytes maskKey) {
    Cohort cohort = masked.cohort();
    for (int rank : cohort.neighboursOf(cohort.roster().rankOf(dropped))) {
      AgentId neighbour = cohort.agent(rank);
      if (masked.set().survivors().contains(neighbour)) {
        KeyAdvertisement peer = cohort.roster().entryOf(neighbour);
        // Keys that contribute nothing were refused with the advertisement.
        keys.pairwiseMaskSeed(session.primitives().agreement(), dropped, maskKey, peer)
            .ifPresent(
                seed ->
                    terms.add(new MaskTerm(MaskTerm.Sign.of(neighbour, dropped).opposite(), seed)));
      }
    }
  }

  private Optional<SecretBytes> open(
      AgentId owner,
      Function<UnmaskingShares, SortedMap<AgentId, SecretBytes>> kind,
      Predicate<SecretBytes> isRight) {
    List<ShareSearch.Share> shares = new ArrayList<>();
    for (int rank : masked.cohort().neighboursOf(masked.cohort().roster().rankOf(owner))) {
      AgentId holder = masked.cohort().agent(rank);
      Optional.ofNullable(answers.get(holder))
          .map(answer -> kind.apply(answer).get(owner))
          .ifPresent(share -> shares.add(new ShareSearch.Share(holder, share)));
    }
    Optional<SecretBytes> secret = search.open(shares, isRight);
    if (secret.isEmpty()) {
      complete = false;
      if (shares.size() >= session.threshold()) {
        unopened.add(owner);
      }
    }
    return secret;
  }
}
