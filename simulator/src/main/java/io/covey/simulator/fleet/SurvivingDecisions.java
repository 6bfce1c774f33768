package io.covey.simulator.fleet;

import io.covey.crypto.primitive.Octets;
import io.covey.edgeagent.rounds.DecisionLog;
import io.covey.edgeagent.rounds.InMemoryDecisionLog;

/** Decisions on a simulated device's disk: they outlive its agent's process. */
final class SurvivingDecisions implements DecisionLog {
  private final DecisionLog disk = new InMemoryDecisionLog();

  @Override
  public boolean record(Octets session, Octets survivorRoot) {
    return disk.record(session, survivorRoot);
  }

  @Override
  public void close() {
    // The disk stays.
  }
}
