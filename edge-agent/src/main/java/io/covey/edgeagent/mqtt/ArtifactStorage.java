package io.covey.edgeagent.mqtt;

import io.covey.edgeagent.artifacts.ArtifactAssembly;
import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.edgeagent.artifacts.ArtifactCache.Outcome;
import io.covey.edgeagent.artifacts.ArtifactCache.Staging;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.Optional;
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

  /** What the artifact can be made of. */
  CompletionStage<Optional<ArtifactReference>> base(ArtifactAssembly assembly, ModelName model) {
    return work(artifact.lengthBytes(), () -> assembly.base(model, artifact));
  }

  /** Makes the artifact of its base and its difference. */
  CompletionStage<Boolean> assemble(
      ArtifactAssembly assembly, ModelName model, ArtifactReference base) {
    return work(
        2 * artifact.lengthBytes(),
        () -> {
          assembly.assemble(model, base, artifact);
          return true;
        });
  }

  /** Deletes another artifact, of which nobody has any more use, or what is staged of it. */
  CompletionStage<Boolean> delete(Sha256 other) {
    return work(
        0,
        () -> {
          cache.retain(digest -> !digest.equals(other));
          return true;
        });
  }

  /** Throws away what is staged. */
  CompletionStage<Boolean> abandon(Staging useless) {
    return work(
        0,
        () -> {
          useless.abandon();
          return true;
        });
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
