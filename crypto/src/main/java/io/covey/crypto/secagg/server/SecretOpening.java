package io.covey.crypto.secagg.server;

import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SessionKeys;
import io.covey.crypto.secagg.ShamirReconstruction;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The heavy part of unmasking: opens every survivor's self-mask secret and every dropped
 * participant's mask key, and turns them into the masks that are to come off the sum. A pure job on
 * immutable input, to be run once, by any one thread.
 *
 * <p>Every secret is compared with what its owner committed to, so a wrong share cannot pass. If
 * the first t shares do not open a secret, each run of t on the ring of its shares is tried; that
 * finds right ones whenever t right ones are next to each other on it, as they are for any one
 * liar. Then each other share is held against them, to name who lied.
 */
public final class SecretOpening {
  private final ServerSession session;
  private final Masked masked;
  private final List<UnmaskingShares> answers;
  private final SessionKeys keys;
  private final Map<List<Integer>, ShamirReconstruction> reconstructions = new HashMap<>();
  private final SortedSet<AgentId> liars = new TreeSet<>();

  /**
   * What came out.
   *
   * @param terms masks to apply to the sum; none if some secret did not open
   * @param liars whose shares were wrong
   */
  public record Result(List<MaskTerm> terms, Set<AgentId> liars) {
    public Result {
      terms = List.copyOf(terms);
      liars = Set.copyOf(liars);
    }
  }

  private record Share(AgentId holder, SecretBytes value) {}

  SecretOpening(ServerSession session, Masked masked, List<UnmaskingShares> answers) {
    this.session = session;
    this.masked = masked;
    this.answers = answers;
    this.keys = new SessionKeys(session.id(), roster(masked).root());
  }

  private static Roster roster(Masked masked) {
    return masked.cohort().roster();
  }

  /** Does it all. */
  public Result run() {
    List<MaskTerm> terms = new ArrayList<>();
    for (AgentId survivor : masked.set().survivors()) {
      Optional<SecretBytes> secret = selfMaskSecret(survivor);
      if (secret.isEmpty()) {
        return new Result(List.of(), liars);
      }
      try (SecretBytes opened = secret.get()) {
        terms.add(new MaskTerm(MaskTerm.Sign.SUBTRACT, keys.selfMaskSeed(survivor, opened)));
      }
    }
    for (AgentId dropped : masked.set().dropped()) {
      Optional<SecretBytes> key = maskKey(dropped);
      if (key.isEmpty()) {
        return new Result(List.of(), liars);
      }
      try (SecretBytes opened = key.get()) {
        terms.addAll(pairwiseTerms(dropped, opened));
      }
    }
    return new Result(terms, liars);
  }

  private Optional<SecretBytes> selfMaskSecret(AgentId owner) {
    List<Share> shares = new ArrayList<>();
    for (UnmaskingShares answer : answers) {
      SecretBytes share = answer.selfMaskShares().get(owner);
      if (share != null) {
        shares.add(new Share(answer.from(), share));
      }
    }
    var commitments = masked.shares();
    return open(
        shares,
        secret ->
            Optional.ofNullable(commitments.get(owner))
                .filter(c -> c.seedCommitment().equals(keys.commitment(owner, secret)))
                .isPresent());
  }

  private Optional<SecretBytes> maskKey(AgentId owner) {
    List<Share> shares = new ArrayList<>();
    for (UnmaskingShares answer : answers) {
      SecretBytes share = answer.maskKeyShares().get(owner);
      if (share != null) {
        shares.add(new Share(answer.from(), share));
      }
    }
    KeyAdvertisement advertised = roster(masked).entryOf(owner);
    return open(
        shares,
        key -> session.primitives().agreement().publicKeyOf(key).equals(advertised.maskKey()));
  }

  /** What the surviving neighbours of a dropped participant have in the sum for it, undone. */
  private List<MaskTerm> pairwiseTerms(AgentId dropped, SecretBytes maskKey) {
    List<MaskTerm> terms = new ArrayList<>();
    for (AgentId neighbour : masked.cohort().graph().of(dropped)) {
      if (masked.set().survivors().contains(neighbour)) {
        KeyAdvertisement peer = roster(masked).entryOf(neighbour);
        // A survivor that could not agree with this key would have left.
        keys.pairwiseMaskSeed(session.primitives().agreement(), dropped, maskKey, peer)
            .ifPresent(
                seed ->
                    terms.add(new MaskTerm(MaskTerm.Sign.of(neighbour, dropped).opposite(), seed)));
      }
    }
    return terms;
  }

  private Optional<SecretBytes> open(List<Share> shares, Predicate<SecretBytes> isRight) {
    int threshold = session.threshold();
    int runs = shares.size() == threshold ? 1 : shares.size();
    for (int start = 0; shares.size() >= threshold && start < runs; start++) {
      List<Share> run = new ArrayList<>();
      for (int i = 0; i < threshold; i++) {
        run.add(shares.get((start + i) % shares.size()));
      }
      Optional<SecretBytes> secret = combine(run).filter(isRight);
      if (secret.isPresent()) {
        if (start > 0) {
          findLiars(shares, run, isRight);
        }
        return secret;
      }
    }
    return Optional.empty();
  }

  private void findLiars(List<Share> shares, List<Share> right, Predicate<SecretBytes> isRight) {
    Set<Share> known = new HashSet<>(right);
    for (Share share : shares) {
      if (!known.contains(share)) {
        List<Share> swapped = new ArrayList<>(right);
        swapped.set(0, share);
        if (combine(swapped).filter(isRight).isEmpty()) {
          liars.add(share.holder());
        }
      }
    }
  }

  private Optional<SecretBytes> combine(List<Share> shares) {
    List<Integer> places =
        shares.stream().map(share -> roster(masked).rankOf(share.holder())).toList();
    return reconstructions
        .computeIfAbsent(
            places, p -> new ShamirReconstruction(p.stream().mapToInt(Integer::intValue).toArray()))
        .open(shares.stream().map(Share::value).toList());
  }
}
