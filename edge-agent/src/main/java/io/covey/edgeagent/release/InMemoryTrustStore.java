package io.covey.edgeagent.release;

import io.covey.crypto.primitive.Octets;
import java.util.Optional;

/** Lives as long as its object: for agents that keep nothing else either. Thread-safe. */
public final class InMemoryTrustStore implements TrustStore {
  private volatile Optional<Octets> saved = Optional.empty();

  @Override
  public Optional<Octets> load() {
    return saved;
  }

  @Override
  public void save(Octets trusted) {
    saved = Optional.of(trusted);
  }
}
