package io.covey.edgeagent.mqtt;

import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.edgeagent.artifacts.ArtifactCache.Outcome;
import io.covey.edgeagent.artifacts.ArtifactCache.Staging;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** What the cache does for one artifact, on workers; stages complete on the scheduler's thread. */
record ArtifactStorage(Scheduler scheduler, ArtifactCache cache, ArtifactReference artifact) {

  CompletionStage<Boolean> contains() {
    return work(artifact.lengthBytes(), () -> cache.contains(artifact));
  }

  CompletionStage<Staging> stage() {
    return work(0, () -> cache.stage(artifact));
  }

  CompletionStage<Outcome> commit(Staging whole) {
    return work(artifact.lengthBytes(), whole::commit);
  }

  /** Nobody waits for the answer: what is not noted is fetched again. */
  void suspend(Staging left) {
    var unused =
        work(
            0,
            () -> {
              left.suspend();
              return true;
            });
  }

  /** What a stage failed with. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  private <T> CompletionStage<T> work(long bytes, Callable<T> work) {
    return scheduler.offload(new Workload(Workload.Kind.STORAGE, bytes), work);
  }
}
