package io.covey.crypto.secagg.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.Aead;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SessionKeys;
import io.covey.crypto.secagg.ShamirReconstruction;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.protocols.id.AgentId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A coordinator after the session, with every masked vector, every share that participants
 * released, and all that its helpers know. It tries to take the masks off a single vector.
 */
final class Attacker {
  private final PlainCoordinator world;
  private final Roster roster;
  private final SessionKeys keys;
  private final Set<AgentId> helpers;
  private final Map<AgentId, SortedMap<Integer, SecretBytes>> selfMaskShares = new HashMap<>();
  private final Map<AgentId, SortedMap<Integer, SecretBytes>> maskKeyShares = new HashMap<>();

  Attacker(PlainCoordinator world, Roster roster, Octets session, Set<AgentId> helpers) {
    this.world = world;
    this.roster = roster;
    this.keys = new SessionKeys(session, roster.root());
    this.helpers = helpers;
  }

  /** Adds whatever participants have sent to unmask. */
  void learnReleases() {
    world.effects.forEach(
        (agent, effects) ->
            effects.forEach(
                effect -> {
                  if (effect instanceof ClientEffect.SendUnmasking send) {
                    learn(send.message());
                  }
                }));
  }

  private void learn(UnmaskingShares answer) {
    int place = roster.rankOf(answer.from());
    answer.selfMaskShares().forEach((owner, share) -> put(selfMaskShares, owner, place, share));
    answer.maskKeyShares().forEach((owner, share) -> put(maskKeyShares, owner, place, share));
  }

  private static void put(
      Map<AgentId, SortedMap<Integer, SecretBytes>> shares,
      AgentId owner,
      int place,
      SecretBytes share) {
    shares.computeIfAbsent(owner, o -> new TreeMap<>()).put(place, share);
  }

  /** Opens the boxes that were sealed for its helpers. */
  void openBoxes(Map<AgentId, SealedShares> sent) {
    sent.forEach(
        (from, message) ->
            message.boxes().entrySet().stream()
                .filter(box -> helpers.contains(box.getKey()))
                .forEach(box -> openBox(from, box.getKey(), box.getValue())));
  }

  private void openBox(AgentId from, AgentId to, Octets box) {
    SessionKeys.Route route = new SessionKeys.Route(from, to);
    SecretBytes key =
        keys.boxKeys(world.agreement, to, world.channelKeyOf(to), roster.entryOf(from))
            .orElseThrow()
            .incoming();
    SecretBytes pair =
        world
            .primitives
            .aead()
            .open(key, new byte[Aead.NONCE_BYTES], keys.boxContext(route), box)
            .orElseThrow();
    put(selfMaskShares, from, roster.rankOf(to), ShareBox.selfMaskShare(pair));
    put(maskKeyShares, from, roster.rankOf(to), ShareBox.maskKeyShare(pair));
  }

  private static Optional<SecretBytes> reconstruct(SortedMap<Integer, SecretBytes> shares) {
    if (shares.size() < PlainSession.THRESHOLD) {
      return Optional.empty();
    }
    int[] places =
        shares.keySet().stream()
            .limit(PlainSession.THRESHOLD)
            .mapToInt(Integer::intValue)
            .toArray();
    List<SecretBytes> values = shares.values().stream().limit(PlainSession.THRESHOLD).toList();
    return new ShamirReconstruction(places).open(values);
  }

  private Optional<SecretBytes> selfMaskSecret(AgentId owner) {
    return reconstruct(selfMaskShares.getOrDefault(owner, new TreeMap<>()));
  }

  private Optional<SecretBytes> maskKey(AgentId owner) {
    return helpers.contains(owner)
        ? Optional.of(world.maskKeyOf(owner))
        : reconstruct(maskKeyShares.getOrDefault(owner, new TreeMap<>()));
  }

  /** One participant's vector without its masks, if every one of them can be worked out. */
  Optional<long[]> open(AgentId victim) {
    Optional<SecretBytes> own = selfMaskSecret(victim);
    if (own.isEmpty() || !world.masked.containsKey(victim)) {
      return Optional.empty();
    }
    ModularVector vector = new ModularVector(PlainSession.WORDS);
    vector.add(requireNonNull(world.masked.get(victim)));
    MaskExpander expander = new MaskExpander(Prg.aesCtr());
    expander.apply(
        new MaskTerm(MaskTerm.Sign.SUBTRACT, keys.selfMaskSeed(victim, own.get())), vector);
    for (KeyAdvertisement peer : roster.entries()) {
      if (!peer.from().equals(victim)) {
        Optional<SecretBytes> seed = pairwiseSeed(victim, peer.from());
        if (seed.isEmpty()) {
          return Optional.empty();
        }
        MaskTerm.Sign sign = MaskTerm.Sign.of(victim, peer.from()).opposite();
        expander.apply(new MaskTerm(sign, seed.get()), vector);
      }
    }
    long[] words = new long[PlainSession.WORDS];
    vector.copyTo(0, words.length, words);
    return Optional.of(words);
  }

  private Optional<SecretBytes> pairwiseSeed(AgentId one, AgentId other) {
    return maskKey(one)
        .flatMap(key -> keys.pairwiseMaskSeed(world.agreement, one, key, roster.entryOf(other)))
        .or(
            () ->
                maskKey(other)
                    .flatMap(
                        key ->
                            keys.pairwiseMaskSeed(
                                world.agreement, other, key, roster.entryOf(one))));
  }

  /** Of nobody are both secrets open, and no update is. */
  void requireThatNoUpdateOpens() {
    for (KeyAdvertisement entry : roster.entries()) {
      AgentId agent = entry.from();
      if (helpers.contains(agent)) {
        continue;
      }
      assertThat(selfMaskSecret(agent).isPresent() && maskKey(agent).isPresent())
          .as("both secrets of %s", agent)
          .isFalse();
      assertThat(open(agent)).as("update of %s", agent).isEmpty();
    }
  }
}
