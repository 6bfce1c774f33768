package io.covey.edgeagent.app;

import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.release.Audience;
import io.covey.edgeagent.release.InMemoryTrustStore;
import io.covey.edgeagent.release.ReleaseGate;
import io.covey.edgeagent.release.TrustStore;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.GroupName;
import io.covey.protocols.time.Scheduler;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was said to an agent's builder of signed releases. */
final class ReleaseOptions {
  private String hardware = "any";
  private Set<GroupName> groups = Set.of();
  private @Nullable InstantSource clock;
  private @Nullable TrustStore store;

  void setHardware(String kind) {
    hardware = kind;
  }

  void setGroups(Set<GroupName> names) {
    groups = Set.copyOf(names);
  }

  void setClock(InstantSource time) {
    clock = time;
  }

  void setStore(TrustStore given) {
    store = given;
  }

  /**
   * The gate of an agent that was enrolled as {@code identity}, if it was.
   *
   * @param onDisk where an agent keeps its trust that was given no other place
   * @param given whether the scheduler is the caller's, whose time then counts
   */
  ReleaseGate gate(
      AgentId id,
      Optional<AgentIdentity> identity,
      Optional<TrustStore> onDisk,
      Scheduler scheduler,
      boolean given) {
    InstantSource now = clock;
    if (now == null) {
      // Documents end by the clock on the wall, which may be put right while the agent runs.
      now = given ? scheduler::now : InstantSource.system();
    }
    TrustStore kept = store;
    if (kept == null) {
      kept = onDisk.orElseGet(InMemoryTrustStore::new);
    }
    return new ReleaseGate(
        scheduler,
        new ReleaseGate.Terms(
            identity.flatMap(enrolled -> enrolled.trust().releaseRoot()),
            new Audience.Device(id, hardware, groups),
            now),
        kept,
        new Ed25519());
  }
}
