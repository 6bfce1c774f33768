package io.covey.coordinator.training;

import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.RoundRecord;
import io.covey.crypto.privacy.AggregateUpdate;
import io.covey.protocols.time.Workload;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The end of a round that went well: its version is made, evaluated and stored with the round and
 * the job. Thread rule: the owner's scheduler only.
 *
 * @param after the job as it is once the round has committed
 * @param clipNorm of the next round; empty when it does not change
 */
record RoundCommit(TrainingServices services, TrainingJob after, Optional<Float> clipNorm) {

  /** What is on disk. */
  record Done(VersionRecord version, RoundRecord record) {}

  CompletionStage<Done> of(RoundRunner round, AggregateUpdate aggregate) {
    RoundRecord running = round.tally().running(round.order().bytesDown(services.messenger()));
    return services
        .scheduler()
        .offload(
            new Workload(Workload.Kind.EVALUATION, 1),
            () -> {
              VersionRecord version =
                  services.versionMaker().make(round.order(), after.plan(), aggregate);
              RoundRecord record =
                  running.committedAs(
                      version.version(), outcomeOf(aggregate, version), version.createdAt());
              return new Done(version, record);
            })
        .thenCompose(made -> services.writes().write(() -> stored(made)));
  }

  private Done stored(Done made) {
    // Before the commit, whose success must be the last word; a crash between the two leaves a clip
    // norm that is one step ahead.
    if (clipNorm.isPresent()) {
      services.privacy().setClipNorm(after.model(), clipNorm);
    }
    services.commits().commit(made.version(), made.record(), after);
    return made;
  }

  private static RoundRecord.Outcome outcomeOf(AggregateUpdate aggregate, VersionRecord version) {
    return new RoundRecord.Outcome(
        aggregate.meanLoss(),
        aggregate.accuracy(),
        version.evaluation().map(e -> e.meanLoss()).orElse(Double.NaN),
        version.evaluation().map(e -> e.accuracy()).orElse(Double.NaN));
  }
}
