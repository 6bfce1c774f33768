package io.covey.edgeagent.mqtt;

import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.topic.Topic;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.MqttTransport;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Brings the artifacts of model versions into the cache, each at most once at a time however many
 * ask for it.
 *
 * <p>An artifact that is in the cache, whole, is not fetched. Otherwise its retained chunks are
 * subscribed to, staged, and taken in when their digest is right; see {@link ArtifactTransfer}.
 */
public final class ArtifactFetcher {

  /** How the fetch of one version ends; called once, unless it was cancelled. */
  public interface Listener {
    /** Every artifact of the version is in the cache. */
    void fetched();

    /** The version cannot be had. {@code detail} is for people. */
    void failed(String detail);
  }

  /** One version that somebody waits for. */
  public interface Ticket {
    /** Nobody waits any more; nothing is called from now on. */
    void cancel();
  }

  /** What all transfers share. */
  record Context(
      MqttTransport transport,
      Topics topics,
      Scheduler scheduler,
      RandomGenerator random,
      ArtifactCache cache,
      FetchSettings settings) {}

  private final Context context;
  private final Map<Sha256, ArtifactTransfer> transfers = new HashMap<>();
  private final Queue<ArtifactTransfer> waiting = new ArrayDeque<>();
  private final Set<ArtifactTransfer> running = new HashSet<>();
  private final AtomicLong wrongDigests = new AtomicLong();

  public ArtifactFetcher(
      MqttTransport transport,
      Topics topics,
      Scheduler scheduler,
      RandomGenerator random,
      ArtifactCache cache,
      FetchSettings settings) {
    this.context = new Context(transport, topics, scheduler, random, cache, settings);
  }

  /** Brings all artifacts of {@code manifest} into the cache. */
  public Ticket fetch(ModelManifest manifest, Listener listener) {
    return fetch(manifest.model(), manifest.artifacts(), listener);
  }

  /**
   * Brings some artifacts of {@code model} into the cache.
   *
   * @param artifacts at least one
   */
  public Ticket fetch(ModelName model, List<ArtifactReference> artifacts, Listener listener) {
    long maximum = context.settings().maximumArtifactBytes();
    for (ArtifactReference artifact : artifacts) {
      if (artifact.lengthBytes() > maximum) {
        String detail =
            "artifact of %d bytes exceeds this agent's maximum of %d"
                .formatted(artifact.lengthBytes(), maximum);
        context.scheduler().execute(() -> listener.failed(detail));
        return () -> {};
      }
    }
    Waiter waiter = new Waiter(listener);
    for (ArtifactReference artifact : artifacts) {
      waiter.missing.add(artifact.digest());
      join(model, artifact, waiter);
    }
    return waiter::cancel;
  }

  /** A chunk has arrived. Chunks of artifacts that nobody waits for are dropped. */
  void onChunk(Topic.OfChunk topic, ArtifactChunk chunk, Runnable acknowledge) {
    ArtifactTransfer transfer = transfers.get(topic.artifact());
    if (transfer == null) {
      acknowledge.run();
    } else {
      transfer.onChunk(chunk, acknowledge);
    }
  }

  /** How many times a whole artifact had another digest than the one it was announced with. */
  public long wrongDigests() {
    return wrongDigests.get();
  }

  /** Stops everything, without a word to those who wait. */
  public void close() {
    transfers.values().forEach(ArtifactTransfer::cancel);
    transfers.clear();
    waiting.clear();
    running.clear();
  }

  private void join(ModelName model, ArtifactReference artifact, Waiter waiter) {
    ArtifactTransfer transfer = transfers.get(artifact.digest());
    if (transfer == null) {
      transfer = new ArtifactTransfer(context, model, artifact, new Ending(artifact.digest()));
      transfers.put(artifact.digest(), transfer);
      waiting.add(transfer);
      startNext();
    }
    transfer.waiters().add(waiter);
  }

  private void startNext() {
    while (running.size() < context.settings().maximumTransfers() && !waiting.isEmpty()) {
      ArtifactTransfer next = waiting.remove();
      running.add(next);
      next.start();
    }
  }

  private void forget(ArtifactTransfer transfer) {
    transfers.remove(transfer.artifact().digest(), transfer);
    waiting.remove(transfer);
    running.remove(transfer);
    startNext();
  }

  /** What a transfer tells its fetcher. */
  final class Ending {
    private final Sha256 digest;

    Ending(Sha256 digest) {
      this.digest = digest;
    }

    void done(ArtifactTransfer transfer) {
      forget(transfer);
      List.copyOf(transfer.waiters()).forEach(waiter -> waiter.arrived(digest));
    }

    void failed(ArtifactTransfer transfer, String detail) {
      forget(transfer);
      List.copyOf(transfer.waiters()).forEach(waiter -> waiter.fail(detail));
    }

    /** The transfer waits for a while: another may have its place. */
    void paused(ArtifactTransfer transfer) {
      running.remove(transfer);
      startNext();
    }

    /** The transfer has waited and wants a place again. */
    void resumed(ArtifactTransfer transfer) {
      waiting.add(transfer);
      startNext();
    }

    void wrongDigest() {
      wrongDigests.incrementAndGet();
    }
  }

  /** Somebody who waits for all artifacts of a version. */
  final class Waiter {
    private final Listener listener;
    private final Set<Sha256> missing = new HashSet<>();
    private boolean over;

    Waiter(Listener listener) {
      this.listener = listener;
    }

    private void arrived(Sha256 digest) {
      if (missing.remove(digest) && missing.isEmpty() && !over) {
        over = true;
        listener.fetched();
      }
    }

    private void fail(String detail) {
      if (!over) {
        cancel();
        listener.failed(detail);
      }
    }

    private void cancel() {
      over = true;
      for (Sha256 digest : missing) {
        ArtifactTransfer transfer = transfers.get(digest);
        if (transfer != null && transfer.waiters().remove(this) && transfer.waiters().isEmpty()) {
          transfer.cancel();
          forget(transfer);
        }
      }
      missing.clear();
    }
  }
}
