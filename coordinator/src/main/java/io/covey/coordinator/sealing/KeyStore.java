package io.covey.coordinator.sealing;

import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.GroupKey;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the coordinator keeps keys: whoever reads it can open every model, as the plain files
 * beside it could be read anyway. Calls block; a failure is a {@link java.io.UncheckedIOException}.
 * Thread-safe.
 */
public interface KeyStore {

  /** The key of an epoch; the caller's to wipe. */
  record FleetKey(long epoch, GroupKey key) {}

  /**
   * Keeps the key of a version's files. It is found again only by the same files: a version that
   * was not stored after all leaves a key that nobody asks for.
   *
   * @param key stays the caller's
   */
  void addContentKey(KeyName of, Sha256 files, ContentKey key);

  /** The key of a version's files; the caller's to wipe. */
  Optional<ContentKey> contentKey(KeyName of, Sha256 files);

  /** The present epoch's key; empty before the first. */
  Optional<FleetKey> fleetKey();

  /**
   * Replaces the present epoch, and forgets the members that do not belong to the new one, both or
   * neither.
   *
   * @param key stays the caller's
   */
  void beginEpoch(FleetKey key, Set<AgentId> left);

  /** Notes a member's encryption certificate, in place of what was noted before. */
  void saveMember(AgentId agent, Octets certificate);

  /** Encryption certificates of all members, as they were noted. */
  Map<AgentId, Octets> members();
}
