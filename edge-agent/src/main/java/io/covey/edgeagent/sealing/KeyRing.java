package io.covey.edgeagent.sealing;

import io.covey.crypto.envelope.ContentBinding;
import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.GroupEpoch;
import io.covey.crypto.envelope.GroupKey;
import io.covey.crypto.envelope.GroupWrappedKey;
import io.covey.crypto.envelope.KeyWrapping;
import io.covey.crypto.envelope.KeyWrapping.EpochKey;
import io.covey.crypto.envelope.WrappedKey;
import io.covey.crypto.identity.EncryptionIdentity;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.WrappedContentKey;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that an agent was given, all of them wrapped: the fleet's key of each epoch for this
 * agent alone, and content keys for whoever has one of those. A content key is unwrapped where it
 * is used, and wiped there.
 *
 * <p>Thread-safe. {@link #restore} and {@link #store} block.
 */
public final class KeyRing {
  private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);
  private static final int CONTENT_KEYS = 4 * Limits.CONTENT_KEYS;
  private static final int EPOCHS = 16;

  private final FleetId fleet;
  private final AgentId agent;
  private final Optional<EncryptionIdentity> identity;
  private final Optional<KeyFile> file;
  private final KeyWrapping wrapping = new KeyWrapping(new XWing(), new AesGcm());
  private final TreeMap<Long, GroupKeyGranted> grants = new TreeMap<>();
  private final Map<KeyName, WrappedContentKey> contentKeys = new LinkedHashMap<>();

  /** Of later epochs, whose grants have not come: until then those of before are kept. */
  private final Map<KeyName, WrappedContentKey> ahead = new HashMap<>();

  private Set<KeyName> needed = Set.of();
  private KeyFile.@Nullable Content stored;

  /**
   * An empty one.
   *
   * @param identity what keys are wrapped for, stays its owner's; empty for an agent that can open
   *     nothing
   * @param file where the keys outlive a restart
   */
  public KeyRing(
      FleetId fleet, AgentId agent, Optional<EncryptionIdentity> identity, Optional<KeyFile> file) {
    this.fleet = fleet;
    this.agent = agent;
    this.identity = identity;
    this.file = file;
  }

  /** Whether anything can be opened at all. */
  public boolean canOpen() {
    return identity.isPresent();
  }

  /** Takes up what was stored before the restart, as far as it can be read. */
  public synchronized void restore() {
    if (file.isPresent()) {
      KeyFile.Content content = file.get().read();
      content.grants().forEach(grant -> grants.putIfAbsent(grant.epoch(), grant));
      content.contentKeys().forEach(key -> contentKeys.putIfAbsent(key.of(), key));
    }
  }

  /** Stores what is needed of it, if that has changed. */
  public synchronized void store() throws IOException {
    KeyFile.Content content = content();
    if (file.isPresent() && !content.equals(stored)) {
      file.get().write(content);
      stored = content;
    }
  }

  private KeyFile.Content content() {
    List<WrappedContentKey> keys =
        contentKeys.values().stream().filter(key -> needed.contains(key.of())).toList();
    List<GroupKeyGranted> used =
        grants.values().stream()
            .filter(
                grant ->
                    grant.epoch() == grants.lastKey()
                        || keys.stream().anyMatch(key -> key.epoch() == grant.epoch()))
            .toList();
    return new KeyFile.Content(used, keys);
  }

  /** Keys that must not be forgotten, and are stored. */
  public synchronized void setNeeded(Set<KeyName> names) {
    needed = Set.copyOf(names);
  }

  /**
   * Takes content keys in, those of a later epoch in place of earlier ones; but one that can be
   * opened stays until the later epoch is granted, which may take as long as a broker wants.
   *
   * @return whether any was new that counts from now on
   */
  public synchronized boolean take(Collection<WrappedContentKey> keys) {
    boolean changed = false;
    for (WrappedContentKey key : keys) {
      WrappedContentKey before = contentKeys.get(key.of());
      if (before != null && (before.epoch() > key.epoch() || before.equals(key))) {
        continue;
      }
      if (before != null && isTheSame(before, key) && isGranted(before) && !isGranted(key)) {
        ahead.merge(key.of(), key, (one, other) -> one.epoch() > other.epoch() ? one : other);
      } else {
        contentKeys.remove(key.of());
        contentKeys.put(key.of(), key);
        changed = true;
      }
    }
    Iterator<KeyName> oldestFirst = contentKeys.keySet().iterator();
    for (int surplus = contentKeys.size() - CONTENT_KEYS; surplus > 0; surplus--) {
      KeyName oldest = oldestFirst.next();
      if (!needed.contains(oldest)) {
        oldestFirst.remove();
        ahead.remove(oldest);
      }
    }
    return changed;
  }

  /** Wrapped otherwise; not one of that name that was made anew, after a database was lost. */
  private static boolean isTheSame(WrappedContentKey before, WrappedContentKey key) {
    return before.files().equals(key.files());
  }

  private boolean isGranted(WrappedContentKey key) {
    return grants.containsKey(key.epoch());
  }

  /**
   * Takes the fleet's key of an epoch in, if it opens.
   *
   * @return whether it was new
   */
  public synchronized boolean grant(GroupKeyGranted grant) {
    GroupKeyGranted before = grants.get(grant.epoch());
    if (identity.isEmpty() || (before != null && opens(before))) {
      return false;
    }
    if (!opens(grant)) {
      LOG.warn(
          "{}: the fleet's key of epoch {} was not made for this agent's encryption key",
          agent,
          grant.epoch());
      return false;
    }
    grants.put(grant.epoch(), grant);
    List<WrappedContentKey> opened =
        ahead.values().stream().filter(key -> key.epoch() == grant.epoch()).toList();
    ahead.values().removeAll(opened);
    take(opened);
    forgetOldGrants(grant.epoch());
    return true;
  }

  /** But neither the one that has just come nor those that needed keys are wrapped with. */
  private void forgetOldGrants(long newest) {
    Set<Long> kept =
        contentKeys.values().stream()
            .filter(key -> needed.contains(key.of()))
            .map(WrappedContentKey::epoch)
            .collect(Collectors.toSet());
    kept.add(newest);
    Iterator<Long> oldestFirst = grants.keySet().iterator();
    for (int surplus = grants.size() - EPOCHS; surplus > 0 && oldestFirst.hasNext(); ) {
      if (!kept.contains(oldestFirst.next())) {
        oldestFirst.remove();
        surplus--;
      }
    }
  }

  private boolean opens(GroupKeyGranted grant) {
    Optional<GroupKey> opened = open(grant);
    opened.ifPresent(GroupKey::close);
    return opened.isPresent();
  }

  private Optional<GroupKey> open(GroupKeyGranted grant) {
    GroupEpoch epoch = GroupEpoch.of(fleet, grant.epoch());
    return WrappedKey.decode(Octets.owning(grant.wrapped().toByteArray()))
        .flatMap(
            wrapped ->
                wrapping.open(wrapped, epoch, agent, identity.orElseThrow().decapsulation()));
  }

  /** What is missing to a content key; empty when it can be tried. */
  public synchronized Optional<String> lacks(KeyName name) {
    WrappedContentKey key = contentKeys.get(name);
    if (key == null) {
      return Optional.of(
          "the content key of version %s of %s has not come"
              .formatted(name.version(), name.model()));
    }
    return grants.containsKey(key.epoch())
        ? Optional.empty()
        : Optional.of(
            "the fleet's key of epoch %d has not come: a revoked agent gets none"
                .formatted(key.epoch()));
  }

  /**
   * A content key; the caller's to wipe.
   *
   * @throws OpeningRefusedException when it is not there or does not open
   */
  public ContentKey contentKey(KeyName name) throws OpeningRefusedException {
    Pair found = find(name);
    GroupKeyGranted grant = found.grant();
    try (GroupKey group =
        open(grant)
            .orElseThrow(
                () ->
                    OpeningRefusedException.ofKey(
                        "the fleet's key of epoch %d does not open with this agent's encryption key"
                            .formatted(grant.epoch())))) {
      return open(found.key(), group);
    }
  }

  /** What opens one another. */
  private record Pair(WrappedContentKey key, GroupKeyGranted grant) {}

  private synchronized Pair find(KeyName name) throws OpeningRefusedException {
    WrappedContentKey key = contentKeys.get(name);
    GroupKeyGranted grant = key == null ? null : grants.get(key.epoch());
    if (!canOpen()) {
      throw OpeningRefusedException.ofKey("this agent has no encryption key: enrol it");
    }
    if (key == null || grant == null) {
      throw OpeningRefusedException.ofKey(lacks(name).orElseThrow());
    }
    return new Pair(key, grant);
  }

  private ContentKey open(WrappedContentKey key, GroupKey group) throws OpeningRefusedException {
    KeyName name = key.of();
    ContentBinding binding = new ContentBinding(fleet, name.model(), name.version(), key.files());
    EpochKey epoch = new EpochKey(GroupEpoch.of(fleet, key.epoch()), group);
    return GroupWrappedKey.decode(Octets.owning(key.wrapped().toByteArray()))
        .flatMap(wrapped -> wrapping.open(wrapped, binding, epoch))
        .orElseThrow(
            () ->
                OpeningRefusedException.ofKey(
                    "the content key of version %s of %s does not open with the fleet's key of epoch %d"
                        .formatted(name.version(), name.model(), key.epoch())));
  }
}
