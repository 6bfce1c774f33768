package io.covey.coordinator.training;

import io.covey.coordinator.fleet.Fleet;
import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.coordinator.privacy.PrivacyStore;
import io.covey.coordinator.round.RoundStore;
import io.covey.protocols.time.Scheduler;
import java.util.random.RandomGenerator;

/**
 * What training needs from outside.
 *
 * @param random draws cohorts and first weights
 * @param authority whose rounds participants take part in
 * @param privacy what rounds have cost
 * @param pricing what a round costs
 * @param orders makes plans into rounds
 */
record TrainingServices(
    Scheduler scheduler,
    RandomGenerator random,
    Fleet fleet,
    FleetMessenger messenger,
    RoundStore rounds,
    JobStore jobs,
    CommitStore commits,
    PrivacyStore privacy,
    RoundPricing pricing,
    VersionMaker versionMaker,
    SessionAuthority authority,
    RoundOrders orders,
    RoundLimits limits,
    RefusalCounts refusals,
    OrderedWrites writes) {}
