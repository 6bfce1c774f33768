package io.covey.crypto.envelope;

import io.covey.crypto.envelope.KeyWrapping.EpochKey;
import io.covey.crypto.envelope.KeyWrapping.Recipient;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.id.AgentId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The coordinator's side of a group: who belongs to it, and the key of its present epoch. Whoever
 * is revoked has the keys of the epochs until then and gets none after; whoever is admitted gets
 * the present one.
 *
 * <p>Wrapping is not done here but when a device asks or is told, {@link #wrapFor one at a time}:
 * after a revocation in a large group it takes seconds for all.
 *
 * <p>Belongs to one thread.
 */
public final class KeyGroup implements AutoCloseable {
  private final KeyWrapping wrapping;
  private final Map<AgentId, Octets> publicKeys = new TreeMap<>();
  private EpochKey present;

  /**
   * A group as it was left.
   *
   * @param present the key becomes this object's to wipe
   * @param members public key by device
   */
  public KeyGroup(KeyWrapping wrapping, EpochKey present, Map<AgentId, Octets> members) {
    this.wrapping = wrapping;
    this.present = present;
    publicKeys.putAll(members);
  }

  /** A new group without members; its first epoch has a fresh key. */
  public static KeyGroup create(KeyWrapping wrapping, GroupEpoch first, RandomWords random) {
    return new KeyGroup(wrapping, new EpochKey(first, GroupKey.generate(random)), Map.of());
  }

  public GroupEpoch epoch() {
    return present.epoch();
  }

  /** The key of the present epoch, for storage; stays this object's to wipe. */
  public GroupKey key() {
    return present.key();
  }

  /** A copy. */
  public Set<AgentId> members() {
    return new TreeSet<>(publicKeys.keySet());
  }

  /**
   * Lets a device in, or replaces its public key.
   *
   * @return the present epoch's key for it; empty, and nothing changed, if its public key is not
   *     acceptable
   */
  public Optional<WrappedKey> admit(Recipient recipient, RandomWords random) {
    Optional<WrappedKey> wrapped = wrapping.wrap(present.key(), present.epoch(), recipient, random);
    wrapped.ifPresent(key -> publicKeys.put(recipient.device(), recipient.publicKey()));
    return wrapped;
  }

  /**
   * Puts devices out and begins a new epoch, for which all others need a key.
   *
   * @return whether any of them was in; if not, nothing changed
   */
  public boolean revoke(Set<AgentId> devices, RandomWords random) {
    if (!publicKeys.keySet().removeAll(devices)) {
      return false;
    }
    GroupEpoch next = present.epoch().next();
    present.key().close();
    present = new EpochKey(next, GroupKey.generate(random));
    return true;
  }

  /**
   * The present epoch's key for a member.
   *
   * @return empty if the device is no member
   */
  public Optional<WrappedKey> wrapFor(AgentId device, RandomWords random) {
    return Optional.ofNullable(publicKeys.get(device))
        .flatMap(
            key ->
                wrapping.wrap(present.key(), present.epoch(), new Recipient(device, key), random));
  }

  /** A version's content key for the present epoch. */
  public GroupWrappedKey wrap(ContentKey key, ContentBinding binding, RandomWords random) {
    return wrapping.wrap(key, binding, present, random);
  }

  /** Wipes the key. */
  @Override
  public void close() {
    present.key().close();
  }
}
