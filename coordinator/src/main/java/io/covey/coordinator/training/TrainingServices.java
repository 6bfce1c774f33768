package io.covey.coordinator.training;

import io.covey.coordinator.fleet.Fleet;
import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.coordinator.round.RoundStore;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What training needs from outside.
 *
 * @param random draws cohorts and first weights
 */
record TrainingServices(
    Scheduler scheduler,
    RandomGenerator random,
    Fleet fleet,
    FleetMessenger messenger,
    RoundStore rounds,
    JobStore jobs,
    CommitStore commits,
    VersionMaker versionMaker,
    RoundLimits limits,
    RefusalCounts refusals) {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingServices.class);

  /** Writes behind; a failure is logged, and what was to be written is made up for at a restart. */
  void store(String what, Runnable write) {
    var unused =
        scheduler
            .offload(
                new Workload(Workload.Kind.STORAGE, 1),
                () -> {
                  write.run();
                  return true;
                })
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    LOG.error("the {} could not be stored", what, failure);
                  }
                });
  }
}
