package io.covey.edgeagent.rounds;

import io.covey.crypto.primitive.Octets;

/**
 * Decisions in memory: for an agent whose session keys end with the process as well, and for
 * simulations, in which it outlives the restarts of a device.
 *
 * <p>Thread-safe.
 */
public final class InMemoryDecisionLog implements DecisionLog {
  private final SessionSet decided = new SessionSet();
  private boolean closed;

  @Override
  public synchronized boolean record(Octets session, Octets survivorRoot) {
    session.requireLength("session", DIGEST_BYTES);
    survivorRoot.requireLength("survivor root", DIGEST_BYTES);
    return !closed && decided.add(SessionSet.keyOf(session.toBytes()));
  }

  @Override
  public synchronized boolean isOpen() {
    return !closed;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
