package io.covey.edgeagent.mqtt;

import io.covey.protocols.id.Sha256;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Artifacts that are being made into others, by how many at a time: two can be made of the same
 * one. Thread-safe: asked by workers that clean up.
 */
final class UseCount {
  private final Map<Sha256, Integer> counts = new ConcurrentHashMap<>();

  void begin(Sha256 artifact) {
    counts.merge(artifact, 1, Integer::sum);
  }

  /** Once for each {@link #begin}. */
  void end(Sha256 artifact) {
    counts.computeIfPresent(artifact, (digest, count) -> count > 1 ? count - 1 : null);
  }

  boolean isUsing(Sha256 artifact) {
    return counts.containsKey(artifact);
  }
}
