package io.covey.edgeagent.mqtt;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.artifacts.ArtifactCache.Staging;
import io.covey.edgeagent.mqtt.ArtifactFetcher.Context;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import io.covey.protocols.transport.QualityOfService;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One artifact on its way from the broker's retained chunks into the cache.
 *
 * <p>A chunk is acknowledged when it is staged, so the broker's receive window bounds what waits in
 * memory. Chunks that came before stay when the subscription is renewed for want of progress.
 */
final class ArtifactTransfer {
  private static final Logger LOG = LoggerFactory.getLogger(ArtifactTransfer.class);

  private final Context context;
  private final ArtifactReference artifact;
  private final String filter;
  private final ArtifactFetcher.Ending ending;
  private final Set<ArtifactFetcher.Waiter> waiters = new LinkedHashSet<>();
  private final BitSet received = new BitSet();
  private @Nullable Staging staging;
  private Scheduler.@Nullable Timer timer;
  private int stagedChunks;
  private int failures;
  private int fruitlessRenewals;
  private boolean subscribed;
  private boolean over;

  ArtifactTransfer(
      Context context, ModelName model, ArtifactReference artifact, ArtifactFetcher.Ending ending) {
    this.context = context;
    this.artifact = artifact;
    this.filter = context.topics().artifactChunks(model, artifact.digest());
    this.ending = ending;
  }

  ArtifactReference artifact() {
    return artifact;
  }

  Set<ArtifactFetcher.Waiter> waiters() {
    return waiters;
  }

  /** Looks into the cache first; goes on where it was when it was paused. */
  void start() {
    if (staging != null) {
      subscribe();
      return;
    }
    storage(artifact.lengthBytes(), () -> context.cache().contains(artifact))
        .whenComplete(
            (present, error) -> {
              if (over) {
                return;
              }
              if (error == null && present) {
                succeed();
              } else {
                stage();
              }
            });
  }

  /** Nothing happens any more. */
  void cancel() {
    if (!over) {
      over = true;
      leave();
      abandon(staging);
    }
  }

  void onChunk(ArtifactChunk chunk, Runnable acknowledge) {
    Staging target = staging;
    int index = chunk.index();
    if (over || target == null || !fits(chunk) || received.get(index)) {
      acknowledge.run();
      return;
    }
    received.set(index);
    fruitlessRenewals = 0;
    // A chunk may still come after the subscription was taken back; the wait then stays as it is.
    if (subscribed) {
      armProgressTimer();
    }
    ByteString content = chunk.content();
    storage(content.size(), () -> write(target, index, content))
        .whenComplete(
            (done, error) -> {
              acknowledge.run();
              // A staging that was given up meanwhile has its failure counted already.
              if (!over && target.equals(staging)) {
                chunkStaged(target, error);
              }
            });
  }

  private boolean fits(ArtifactChunk chunk) {
    return chunk.digest().equals(artifact.digest())
        && chunk.index() < artifact.chunkCount()
        && chunk.content().size() == artifact.chunkLengthBytes(chunk.index());
  }

  private static boolean write(Staging target, int index, ByteString content) throws IOException {
    target.write(index, content);
    return true;
  }

  private void chunkStaged(Staging target, @Nullable Throwable error) {
    if (error != null) {
      retry(storageFailed(error));
    } else if (++stagedChunks == artifact.chunkCount()) {
      leave();
      storage(artifact.lengthBytes(), target::commit)
          .whenComplete((whole, failure) -> committed(whole, failure));
    }
  }

  private void committed(@Nullable Boolean whole, @Nullable Throwable error) {
    if (over) {
      return;
    }
    if (error != null) {
      retry(storageFailed(error));
    } else if (Boolean.TRUE.equals(whole)) {
      succeed();
    } else {
      ending.wrongDigest();
      retry("its bytes do not have the digest it was announced with");
    }
  }

  private void stage() {
    storage(0, () -> context.cache().stage(artifact))
        .whenComplete(
            (fresh, error) -> {
              if (over) {
                abandon(fresh);
              } else if (error != null) {
                retry(storageFailed(error));
              } else {
                staging = fresh;
                subscribe();
              }
            });
  }

  private void subscribe() {
    subscribed = true;
    context.transport().subscribe(filter, QualityOfService.AT_LEAST_ONCE);
    armProgressTimer();
  }

  private void succeed() {
    over = true;
    ending.done(this);
  }

  /** The whole artifact again, a bounded number of times. */
  private void retry(String why) {
    leave();
    abandon(staging);
    staging = null;
    received.clear();
    stagedChunks = 0;
    if (++failures >= context.settings().maximumFailures()) {
      over = true;
      ending.failed(this, "artifact %s: %s".formatted(artifact.digest(), why));
      return;
    }
    LOG.warn("Fetching artifact {} again: {}", artifact.digest(), why);
    pause(backoff(failures));
  }

  private void renew() {
    fruitlessRenewals++;
    Duration wait = backoff(fruitlessRenewals);
    LOG.info(
        "No progress on artifact {} ({} of {} chunks); subscribing again in {} ms",
        artifact.digest(),
        stagedChunks,
        artifact.chunkCount(),
        wait.toMillis());
    leave();
    pause(wait);
  }

  private void pause(Duration wait) {
    timer = context.scheduler().schedule(wait, () -> ending.resumed(this));
    ending.paused(this);
  }

  /** Full jitter: uniform between zero and a bound that doubles with each attempt. */
  private Duration backoff(int attempt) {
    long longest = context.settings().longestBackoff().toMillis();
    long first = context.settings().firstBackoff().toMillis();
    // No overflow: durations in milliseconds stay below 2^40 here, and the shift below 2^20.
    long bound = Math.min(longest, first << Math.min(attempt - 1, 20));
    return Duration.ofMillis(context.random().nextLong(bound + 1));
  }

  private void armProgressTimer() {
    cancelTimer();
    timer = context.scheduler().schedule(context.settings().progressTimeout(), this::renew);
  }

  private void leave() {
    cancelTimer();
    if (subscribed) {
      subscribed = false;
      context.transport().unsubscribe(filter);
    }
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void abandon(@Nullable Staging abandoned) {
    if (abandoned != null) {
      // Removing a file needs no answer: what stays behind is removed at the next start.
      var unused =
          storage(
              0,
              () -> {
                abandoned.abandon();
                return true;
              });
    }
  }

  private <T> CompletionStage<T> storage(long bytes, Callable<T> work) {
    return context.scheduler().offload(new Workload(Workload.Kind.STORAGE, bytes), work);
  }

  private static String storageFailed(Throwable error) {
    return "storage failed: " + error.getMessage();
  }
}
