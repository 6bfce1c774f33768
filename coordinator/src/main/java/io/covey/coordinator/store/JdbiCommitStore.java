package io.covey.coordinator.store;

import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.training.CommitStore;
import io.covey.coordinator.training.TrainingJob;

/** A round's outcome over the tables of versions, rounds and jobs, in one transaction. */
public final class JdbiCommitStore implements CommitStore {
  private final Database database;

  public JdbiCommitStore(Database database) {
    this.database = database;
  }

  @Override
  public void commit(VersionRecord version, RoundRecord round, TrainingJob job) {
    database.run(
        handle -> {
          JdbiModelStore.add(handle, version);
          JdbiRoundStore.save(handle, round);
          JdbiJobStore.save(handle, job);
        });
  }
}
