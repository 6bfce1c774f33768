package io.covey.coordinator.sealing;

import io.covey.coordinator.fleet.SilentMessenger;
import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.GroupKey;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.WrappedContentKey.KeyName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What stands around the fleet's keys in tests. */
final class KeyFixtures {
  private KeyFixtures() {}

  /** A store in memory whose disk can be made to fail. */
  static final class FailingKeyStore implements KeyStore {
    boolean failing;
    long epoch;
    private Optional<GroupKey> key = Optional.empty();
    private final Map<AgentId, Octets> members = new TreeMap<>();

    private void mayFail() {
      if (failing) {
        throw new UncheckedIOException(new IOException("the disk is gone"));
      }
    }

    @Override
    public void addContentKey(KeyName of, Sha256 files, ContentKey contentKey) {
      throw new AssertionError("no versions here");
    }

    @Override
    public Optional<ContentKey> contentKey(KeyName of, Sha256 files) {
      throw new AssertionError("no versions here");
    }

    @Override
    public Optional<FleetKey> fleetKey() {
      return key.map(present -> new FleetKey(epoch, GroupKey.owning(present.secret().copy())));
    }

    @Override
    public void beginEpoch(FleetKey begun, Set<AgentId> left) {
      mayFail();
      epoch = begun.epoch();
      key = Optional.of(GroupKey.owning(begun.key().secret().copy()));
      members.keySet().removeAll(left);
    }

    @Override
    public void saveMember(AgentId agent, Octets certificate) {
      mayFail();
      members.put(agent, certificate);
    }

    @Override
    public Map<AgentId, Octets> members() {
      return new TreeMap<>(members);
    }
  }

  /** Remembers who was given which key. */
  static final class Grants extends SilentMessenger {
    private final Map<AgentId, List<GroupKeyGranted>> given = new HashMap<>();

    List<GroupKeyGranted> of(AgentId agent) {
      return given.getOrDefault(agent, List.of());
    }

    @Override
    public CompletionStage<Void> sendKey(AgentId agent, GroupKeyGranted key) {
      given.computeIfAbsent(agent, id -> new ArrayList<>()).add(key);
      return CompletableFuture.completedFuture(null);
    }
  }
}
