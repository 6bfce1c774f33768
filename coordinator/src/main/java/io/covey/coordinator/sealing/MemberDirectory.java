package io.covey.coordinator.sealing;

import com.google.protobuf.ByteString;
import io.covey.coordinator.sealing.KeyStore.FleetKey;
import io.covey.crypto.envelope.GroupEpoch;
import io.covey.crypto.envelope.GroupKey;
import io.covey.crypto.envelope.KeyGroup;
import io.covey.crypto.envelope.KeyWrapping;
import io.covey.crypto.envelope.KeyWrapping.EpochKey;
import io.covey.crypto.envelope.KeyWrapping.Recipient;
import io.covey.crypto.envelope.WrappedKey;
import io.covey.crypto.identity.EncryptionCertificate;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.GroupKeyGranted;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Who has the fleet's key, and the key of the present epoch, kept in step with the store: an epoch
 * is stored before anybody gets its key.
 *
 * <p>Blocks. One thread at a time, in order: {@link SerialWork}.
 */
final class MemberDirectory {
  private final FleetVerifier verifier;
  private final KeyStore store;
  private final RandomWords random;
  private final Map<AgentId, EncryptionCertificate> certificates = new TreeMap<>();
  private final KeyGroup group;

  /** Who left in an epoch that is not stored yet; empty when all is stored. */
  private Optional<Set<AgentId>> unstored = Optional.empty();

  /** Why the present epoch began, until somebody was told. */
  private String begun = "";

  private boolean untold;

  /** What came of an announcement. */
  sealed interface Admission {
    /** The agent has the present epoch's key. */
    record Granted(GroupKeyGranted key) implements Admission {}

    /** It gets none. */
    record Refused(String reason) implements Admission {}
  }

  private MemberDirectory(
      FleetVerifier verifier, KeyWrapping wrapping, KeyStore store, RandomWords random) {
    this.verifier = verifier;
    this.store = store;
    this.random = random;
    Map<AgentId, Octets> publicKeys = new HashMap<>();
    store
        .members()
        .forEach(
            (agent, encoded) ->
                EncryptionCertificate.decode(encoded)
                    .ifPresent(
                        certificate -> {
                          certificates.put(agent, certificate);
                          publicKeys.put(agent, certificate.encryptionKey());
                        }));
    this.group = new KeyGroup(wrapping, presentOrFirst(), publicKeys);
  }

  /** As it was left, or with a first epoch. */
  static MemberDirectory open(
      FleetVerifier verifier, KeyWrapping wrapping, KeyStore store, RandomWords random) {
    return new MemberDirectory(verifier, wrapping, store, random);
  }

  private EpochKey presentOrFirst() {
    FleetKey present =
        store
            .fleetKey()
            .orElseGet(
                () -> {
                  FleetKey first = new FleetKey(1, GroupKey.generate(random));
                  store.beginEpoch(first, Set.of());
                  return first;
                });
    return new EpochKey(GroupEpoch.of(verifier.fleet(), present.epoch()), present.key());
  }

  /** A copy of the present epoch's key; the caller's to wipe. */
  EpochKey present() {
    return new EpochKey(group.epoch(), GroupKey.owning(group.key().secret().copy()));
  }

  Set<AgentId> members() {
    return group.members();
  }

  /** Lets an agent in that has shown a certificate of its own name and fleet which counts now. */
  Admission admit(EncryptionCertificate certificate) {
    storeEpoch();
    AgentId agent = certificate.agent();
    EncryptionCertificate known = certificates.get(agent);
    boolean same = certificate.equals(known);
    if (!same && known != null && !isNewer(certificate, known)) {
      return new Admission.Refused("an older encryption certificate than the one that is known");
    }
    if (!same && !verifier.hasSigned(certificate)) {
      return new Admission.Refused("an encryption certificate that is not by the authority");
    }
    boolean replaced = known != null && !known.encryptionKey().equals(certificate.encryptionKey());
    if (replaced) {
      // Who had that name before may still have its key.
      begin(Set.of(agent), "%s has another key than before".formatted(agent));
    }
    Optional<WrappedKey> wrapped =
        group.admit(new Recipient(agent, certificate.encryptionKey()), random);
    if (wrapped.isEmpty()) {
      return new Admission.Refused("an encryption key that nothing can be wrapped for");
    }
    if (!same) {
      store.saveMember(agent, certificate.encode());
      certificates.put(agent, certificate);
    }
    return new Admission.Granted(granted(wrapped.get()));
  }

  private static boolean isNewer(EncryptionCertificate one, EncryptionCertificate other) {
    return one.validity().notBeforeEpochSecond() > other.validity().notBeforeEpochSecond();
  }

  /** Puts out whoever no longer counts, and begins a new epoch if there was any. */
  void putOut(Predicate<EncryptionCertificate> noLongerCounts) {
    Set<AgentId> leaving = new TreeSet<>();
    certificates.forEach(
        (agent, certificate) -> {
          if (noLongerCounts.test(certificate)) {
            leaving.add(agent);
          }
        });
    storeEpoch();
    begin(leaving, "members were revoked, or their certificates have ended");
  }

  /**
   * Why an epoch began of which nobody was told yet, whichever call stored it; empty when there is
   * none.
   */
  Optional<String> takeBegun() {
    Optional<String> why = untold ? Optional.of(begun) : Optional.empty();
    untold = false;
    return why;
  }

  private void begin(Set<AgentId> leaving, String why) {
    if (group.revoke(leaving, random)) {
      leaving.forEach(certificates::remove);
      unstored = Optional.of(Set.copyOf(leaving));
      begun = why;
      storeEpoch();
    }
  }

  /** Stores an epoch that is not stored; what failed before is tried again first. */
  private void storeEpoch() {
    if (unstored.isPresent()) {
      store.beginEpoch(new FleetKey(group.epoch().epoch(), group.key()), unstored.get());
      unstored = Optional.empty();
      untold = true;
    }
  }

  /** The present epoch's key for each of these that are members. */
  Map<AgentId, GroupKeyGranted> grants(List<AgentId> agents) {
    storeEpoch();
    Map<AgentId, GroupKeyGranted> grants = new LinkedHashMap<>();
    for (AgentId agent : agents) {
      group.wrapFor(agent, random).ifPresent(wrapped -> grants.put(agent, granted(wrapped)));
    }
    return grants;
  }

  private GroupKeyGranted granted(WrappedKey wrapped) {
    return new GroupKeyGranted(
        group.epoch().epoch(), ByteString.copyFrom(wrapped.encode().toBytes()));
  }
}
