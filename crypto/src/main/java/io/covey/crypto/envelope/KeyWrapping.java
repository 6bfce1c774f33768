package io.covey.crypto.envelope;

import io.covey.crypto.primitive.Aead;
import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Decapsulation;
import io.covey.crypto.primitive.Hkdf;
import io.covey.crypto.primitive.Hpke;
import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;
import java.util.Optional;

/**
 * Wraps keys for those who may have them: a content key for one device, a group key for one device,
 * a content key for a group. Each has a label of its own, so that none passes for another.
 *
 * <p>A wrapped key says nothing about who wrapped it. That a device takes the right one is up to
 * the signatures of the release, whose digests the opened files must have.
 *
 * <p>Thread-safe, as far as the given randomness is.
 */
public final class KeyWrapping {
  private static final String CONTENT_FOR_DEVICE = "covey/v1/content-key-for-device";
  private static final String GROUP_FOR_DEVICE = "covey/v1/group-key-for-device";
  private static final String CONTENT_FOR_GROUP = "covey/v1/content-key-for-group";
  private static final byte[] EMPTY = {};

  /** Right because every key that it is used with is derived from a fresh salt, and used once. */
  private static final byte[] ONLY_NONCE = new byte[Aead.NONCE_BYTES];

  private final Hpke hpke;
  private final Aead aead;

  /** A device and its public key. */
  public record Recipient(AgentId device, Octets publicKey) {}

  /** Wraps by these. */
  public KeyWrapping(Kem kem, Aead aead) {
    this.hpke = new Hpke(kem, aead);
    this.aead = aead;
  }

  /**
   * Wraps a content key for one device.
   *
   * @return empty if the device's public key is not acceptable
   */
  public Optional<WrappedKey> wrap(
      ContentKey key, ContentBinding binding, Recipient recipient, RandomWords random) {
    return wrap(key.secret(), info(binding, recipient.device()), recipient.publicKey(), random);
  }

  /**
   * Opens what {@link #wrap(ContentKey, ContentBinding, Recipient, RandomWords)} made for this
   * device.
   *
   * @return empty if it was altered, or made for another device or another purpose
   */
  public Optional<ContentKey> open(
      WrappedKey wrapped, ContentBinding binding, AgentId device, SecretBytes privateKey) {
    return hpke.open(privateKey, info(binding, device), wrapped.message()).map(ContentKey::owning);
  }

  /**
   * Wraps the key of an epoch for one device.
   *
   * @return empty if the device's public key is not acceptable
   */
  public Optional<WrappedKey> wrap(
      GroupKey key, GroupEpoch epoch, Recipient recipient, RandomWords random) {
    return wrap(key.secret(), info(epoch, recipient.device()), recipient.publicKey(), random);
  }

  /**
   * Opens what {@link #wrap(GroupKey, GroupEpoch, Recipient, RandomWords)} made for this device.
   *
   * @return empty if it was altered, or made for another device or another epoch
   */
  public Optional<GroupKey> open(
      WrappedKey wrapped, GroupEpoch epoch, AgentId device, SecretBytes privateKey) {
    return hpke.open(privateKey, info(epoch, device), wrapped.message()).map(GroupKey::owning);
  }

  /**
   * The same with a private key that may be in hardware.
   *
   * @return empty if it was altered, or made for another device or another epoch
   */
  public Optional<GroupKey> open(
      WrappedKey wrapped, GroupEpoch epoch, AgentId device, Decapsulation own) {
    return hpke.open(own, info(epoch, device), wrapped.message()).map(GroupKey::owning);
  }

  /** Wraps a content key for everybody who has the key of an epoch. */
  public GroupWrappedKey wrap(
      ContentKey key, ContentBinding binding, EpochKey group, RandomWords random) {
    Octets salt = Octets.owning(SecretBytes.drawnFrom(random, GroupWrappedKey.SALT_BYTES).reveal());
    try (SecretBytes derived = derived(group, binding, salt)) {
      return new GroupWrappedKey(salt, aead.seal(derived, ONLY_NONCE, EMPTY, key.secret()));
    }
  }

  /**
   * Opens what {@link #wrap(ContentKey, ContentBinding, EpochKey, RandomWords)} made.
   *
   * @return empty if it was altered, or made for another epoch or another purpose
   */
  public Optional<ContentKey> open(
      GroupWrappedKey wrapped, ContentBinding binding, EpochKey group) {
    try (SecretBytes derived = derived(group, binding, wrapped.salt())) {
      return aead.open(derived, ONLY_NONCE, EMPTY, wrapped.sealed()).map(ContentKey::owning);
    }
  }

  /** An epoch and its key; the key stays whose it was. */
  public record EpochKey(GroupEpoch epoch, GroupKey key) {}

  private Optional<WrappedKey> wrap(
      SecretBytes key, byte[] info, Octets publicKey, RandomWords random) {
    try (SecretBytes seed = SecretBytes.drawnFrom(random, Kem.ENCAPSULATION_SEED_BYTES)) {
      return hpke.seal(publicKey, info, key, seed).map(WrappedKey::new);
    }
  }

  private static SecretBytes derived(EpochKey group, ContentBinding binding, Octets salt) {
    Canonical info = group.epoch().appendTo(new Canonical(CONTENT_FOR_GROUP));
    return Hkdf.derive(
        group.key().secret(), salt.toBytes(), binding.appendTo(info).toBytes(), Aead.KEY_BYTES);
  }

  private static byte[] info(ContentBinding binding, AgentId device) {
    return binding.appendTo(new Canonical(CONTENT_FOR_DEVICE)).agent(device).toBytes();
  }

  private static byte[] info(GroupEpoch epoch, AgentId device) {
    return epoch.appendTo(new Canonical(GROUP_FOR_DEVICE)).agent(device).toBytes();
  }
}
