package io.covey.crypto.secagg.server;

import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.ShamirReconstruction;
import io.covey.crypto.secagg.WrongShares;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
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
 * Finds the secret behind shares some of which may be wrong. The secret is checked against a
 * commitment, so a wrong one is never taken; only how many liars are borne depends on the search.
 *
 * <p>If the first t shares do not open it, each run of t on the ring of the shares is tried, which
 * finds right ones whenever t of them are next to each other, as they are with any one liar. Then
 * {@link WrongShares} finds up to (s-t)/2 liars among s shares. Every other share is held against
 * right ones. Who lied once is not asked again, so further secrets open at the first attempt.
 *
 * <p>Confined to one thread.
 */
final class ShareSearch {
  /**
   * Sets of holders that are remembered. In a complete graph of up to 128 there are fewer; in a
   * random one nearly everybody has other neighbours, and to keep them all would take gigabytes.
   */
  static final int REMEMBERED = 256;

  private final Roster roster;
  private final int threshold;
  private final Map<List<Integer>, ShamirReconstruction> reconstructions = new HashMap<>();
  private final SortedSet<AgentId> liars = new TreeSet<>();

  /** A share and who holds it, whose rank is the share's place. */
  record Share(AgentId holder, SecretBytes value) {}

  ShareSearch(Roster roster, int threshold) {
    this.roster = roster;
    this.threshold = threshold;
  }

  /** Whose shares were wrong so far. */
  SortedSet<AgentId> liars() {
    return Collections.unmodifiableSortedSet(liars);
  }

  /** How many sets of holders are remembered. */
  int remembered() {
    return reconstructions.size();
  }

  /**
   * The secret, the caller's to wipe.
   *
   * @return empty if no t right shares were found
   */
  Optional<SecretBytes> open(List<Share> all, Predicate<SecretBytes> isRight) {
    List<Share> shares = all.stream().filter(share -> !liars.contains(share.holder())).toList();
    if (shares.size() < threshold) {
      return Optional.empty();
    }
    int runs = shares.size() == threshold ? 1 : shares.size();
    for (int start = 0; start < runs; start++) {
      List<Share> run = new ArrayList<>();
      for (int i = 0; i < threshold; i++) {
        run.add(shares.get((start + i) % shares.size()));
      }
      Optional<SecretBytes> secret = combine(run, isRight);
      if (secret.isPresent()) {
        if (start > 0) {
          nameLiars(shares, run, isRight);
        }
        return secret;
      }
    }
    return openWithoutWrong(shares, isRight);
  }

  private Optional<SecretBytes> openWithoutWrong(
      List<Share> shares, Predicate<SecretBytes> isRight) {
    int[] places = shares.stream().mapToInt(share -> roster.rankOf(share.holder())).toArray();
    List<SecretBytes> values = shares.stream().map(Share::value).toList();
    Optional<BitSet> wrong = WrongShares.among(places, values, threshold);
    if (wrong.isEmpty()) {
      return Optional.empty();
    }
    List<Share> right = new ArrayList<>();
    for (int i = wrong.get().nextClearBit(0); right.size() < threshold; ) {
      right.add(shares.get(i));
      i = wrong.get().nextClearBit(i + 1);
    }
    Optional<SecretBytes> secret = combine(right, isRight);
    if (secret.isPresent()) {
      wrong.get().stream().forEach(i -> liars.add(shares.get(i).holder()));
    }
    return secret;
  }

  private void nameLiars(List<Share> shares, List<Share> right, Predicate<SecretBytes> isRight) {
    Set<AgentId> known = new HashSet<>();
    right.forEach(share -> known.add(share.holder()));
    for (Share share : shares) {
      if (!known.contains(share.holder())) {
        List<Share> swapped = new ArrayList<>(right);
        swapped.set(0, share);
        Optional<SecretBytes> same = combine(swapped, isRight);
        same.ifPresent(SecretBytes::wipe);
        if (same.isEmpty()) {
          liars.add(share.holder());
        }
      }
    }
  }

  private Optional<SecretBytes> combine(List<Share> shares, Predicate<SecretBytes> isRight) {
    List<Integer> places = shares.stream().map(share -> roster.rankOf(share.holder())).toList();
    if (reconstructions.size() == REMEMBERED && !reconstructions.containsKey(places)) {
      reconstructions.clear();
    }
    Optional<SecretBytes> secret =
        reconstructions
            .computeIfAbsent(
                places,
                p -> new ShamirReconstruction(p.stream().mapToInt(Integer::intValue).toArray()))
            .open(shares.stream().map(Share::value).toList());
    if (secret.isPresent() && !isRight.test(secret.get())) {
      secret.get().wipe();
      return Optional.empty();
    }
    return secret;
  }
}
