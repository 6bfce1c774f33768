package io.covey.coordinator.training;

import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.fleet.Fleet;
import io.covey.crypto.privacy.DistributedGaussian;
import io.covey.crypto.privacy.accounting.RoundCost;
import io.covey.protocols.message.UpdateEncoding;
import java.util.Optional;

/**
 * What rounds cost in privacy. The population that cohorts are drawn from is taken to be all agents
 * of the fleet that have examples to train on, whether or not they are online now; where there are
 * fewer than a cohort, everybody is in every round.
 *
 * <p>Thread rule: the owner's scheduler only.
 */
final class RoundPricing {
  private final Fleet fleet;

  RoundPricing(Fleet fleet) {
    this.fleet = fleet;
  }

  /** Agents that cohorts are drawn from. */
  long population() {
    return fleet.agents().stream().filter(AgentRecord::canTrain).count();
  }

  /** The cost of a round with this encoding; empty without noise. */
  Optional<RoundCost> costOf(UpdateEncoding encoding, int cohortSize) {
    return costOf(encoding, cohortSize, population());
  }

  /** The same for a population that was looked up before; any thread. */
  static Optional<RoundCost> costOf(UpdateEncoding encoding, int cohortSize, long population) {
    return encoding.privacy().isPresent()
        ? Optional.of(
            RoundCost.of(
                DistributedGaussian.of(encoding), cohortSize, Math.max(cohortSize, population)))
        : Optional.empty();
  }
}
