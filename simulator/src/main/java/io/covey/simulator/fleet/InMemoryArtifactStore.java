package io.covey.simulator.fleet;

import io.covey.coordinator.registry.ArtifactStore;
import io.covey.protocols.id.Sha256;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The coordinator's disk: survives a kill of the coordinator, and ends with the simulation. */
final class InMemoryArtifactStore implements ArtifactStore {
  private final Map<Sha256, byte[]> files = new HashMap<>();

  @Override
  public Sha256 put(byte[] content) {
    Sha256 digest = Sha256.of(content);
    files.putIfAbsent(digest, content.clone());
    return digest;
  }

  @Override
  public Optional<byte[]> get(Sha256 digest) {
    return Optional.ofNullable(files.get(digest)).map(byte[]::clone);
  }
}
