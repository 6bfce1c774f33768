package io.covey.edgeagent.mqtt;

import io.covey.edgeagent.artifacts.ArtifactAssembly;
import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactUrl;
import io.covey.protocols.message.ChunksWanted;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.MqttTransport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Brings the artifacts of model versions into the cache, each at most once at a time however many
 * ask for it.
 *
 * <p>An artifact that is in the cache, whole, is not fetched. Otherwise the blocks of it that are
 * not staged are asked for, a few at a time, staged, and taken in when the digest of the whole is
 * right; see {@link ArtifactTransfer}. What is staged survives reconnects and restarts. One that
 * has a difference to something that is here is made of the two instead; see {@link
 * DifferenceFetch}.
 */
public final class ArtifactFetcher {

  /** How the fetch of one version ends; called once, unless it was cancelled. */
  public interface Listener {
    /** Every artifact of the version is in the cache. */
    void fetched();

    /** The version cannot be had. {@code detail} is for people. */
    void failed(String detail);

    /**
     * The storage is full, read-only or gone; the fetch goes on by itself when it is not.
     *
     * @param detail for people; empty when it goes on
     */
    default void stalled(String detail) {}

    /** Nothing has come of what was asked for, so many times in a row; it is asked for again. */
    default void fruitless(int times) {}
  }

  /** One version that somebody waits for. */
  public interface Ticket {
    /** Nobody waits any more; nothing is called from now on. */
    void cancel();

    /** How far it is. */
    FetchProgress progress();
  }

  /** What all transfers share. */
  record Context(
      MqttTransport transport,
      Topics topics,
      Scheduler scheduler,
      RandomGenerator random,
      ArtifactCache cache,
      FetchSettings settings,
      BlockCheck check,
      BlockFlow flow,
      BlockSource source,
      RangeRoutes routes) {}

  private final Context context;
  private final Map<Sha256, ArtifactTransfer> transfers = new HashMap<>();
  private final TransferQueue queue;
  private final AtomicLong wrongDigests = new AtomicLong();
  private final AtomicLong repeatedBytes = new AtomicLong();
  private final AtomicLong differencesUsed = new AtomicLong();
  private final AtomicLong differencesAbandoned = new AtomicLong();

  /** What is being made into something else; asked by workers that clean up. */
  private final UseCount inUse = new UseCount();

  private ArtifactAssembly assembly = ArtifactAssembly.NONE;
  private Scheduler.@Nullable Timer rotation;

  public ArtifactFetcher(
      MqttTransport transport,
      Topics topics,
      Scheduler scheduler,
      RandomGenerator random,
      ArtifactCache cache,
      FetchSettings settings) {
    this(transport, topics, scheduler, random, cache, settings, BlockCheck.NONE);
  }

  /**
   * The same, with blocks that are told to be wrong by themselves.
   *
   * @param check for what can be said of single blocks
   */
  public ArtifactFetcher(
      MqttTransport transport,
      Topics topics,
      Scheduler scheduler,
      RandomGenerator random,
      ArtifactCache cache,
      FetchSettings settings,
      BlockCheck check) {
    this.queue = new TransferQueue(settings.maximumTransfers(), scheduler::now);
    this.context =
        new Context(
            transport,
            topics,
            scheduler,
            random,
            cache,
            settings,
            check,
            new BlockFlow(scheduler, settings, queue::takeTurn),
            new BlockSource(scheduler),
            new RangeRoutes());
    context.routes().attach(this::considerRanges);
  }

  private void considerRanges() {
    List.copyOf(transfers.values()).forEach(ArtifactTransfer::considerRanges);
  }

  /** From now on files also come in ranges from here, where the coordinator says that they can. */
  public void setRangeSource(RangeSource source) {
    context.routes().setSource(source);
  }

  /** Where files can be had in ranges, as the coordinator has said last. */
  public void setUrls(List<ArtifactUrl> urls) {
    context.routes().setUrls(urls);
  }

  /** Whom to tell which blocks are wanted that the broker does not have. */
  void attach(Consumer<ChunksWanted> requester) {
    context.source().attach(requester);
  }

  /** By what artifacts are made of others; before anything is fetched. */
  public void assembleWith(ArtifactAssembly means) {
    assembly = means;
  }

  /** The connection stands: from now on blocks are asked for. */
  void connected() {
    context.flow().setConnected(true);
    List.copyOf(transfers.values()).forEach(ArtifactTransfer::connected);
    context.flow().pump();
  }

  /** The connection is gone, and what was on its way. */
  void disconnected() {
    context.flow().setConnected(false);
    transfers.values().forEach(ArtifactTransfer::disconnected);
  }

  /** Brings all artifacts of {@code manifest} into the cache, to serve them. */
  public Ticket fetch(ModelManifest manifest, Listener listener) {
    return fetch(manifest.model(), manifest.artifacts(), FetchPriority.SERVING, listener);
  }

  /**
   * Brings some artifacts of {@code model} into the cache.
   *
   * @param artifacts at least one
   */
  public Ticket fetch(
      ModelName model,
      List<ArtifactReference> artifacts,
      FetchPriority priority,
      Listener listener) {
    return fetch(model, artifacts, () -> priority, listener);
  }

  private Ticket fetch(
      ModelName model,
      List<ArtifactReference> artifacts,
      Supplier<FetchPriority> priority,
      Listener listener) {
    long maximum = context.settings().maximumArtifactBytes();
    for (ArtifactReference artifact : artifacts) {
      if (artifact.lengthBytes() > maximum) {
        String detail =
            "artifact of %d bytes exceeds this agent's maximum of %d"
                .formatted(artifact.lengthBytes(), maximum);
        context.scheduler().execute(() -> listener.failed(detail));
        return new Waiter(priority, listener);
      }
    }
    Waiter waiter = new Waiter(priority, listener);
    for (ArtifactReference artifact : artifacts) {
      waiter.missing.add(artifact.digest());
      join(model, artifact, waiter);
    }
    return waiter;
  }

  /** A chunk has arrived. Chunks of artifacts that nobody waits for are dropped. */
  void onChunk(ArtifactChunk chunk, boolean retained) {
    ArtifactTransfer transfer = transfers.get(chunk.digest());
    if (transfer != null) {
      transfer.onChunk(chunk, retained);
    }
  }

  /** How many times a whole artifact had another digest than the one it was announced with. */
  public long wrongDigests() {
    return wrongDigests.get();
  }

  /** Bytes of blocks that came although they were here already. */
  public long repeatedBytes() {
    return repeatedBytes.get();
  }

  /** Artifacts that were made of others by a difference. */
  public long differencesUsed() {
    return differencesUsed.get();
  }

  /** Artifacts that were fetched whole after a difference had failed. */
  public long differencesAbandoned() {
    return differencesAbandoned.get();
  }

  /** Whether an artifact is being made into another one; from any thread. */
  public boolean isUsing(Sha256 artifact) {
    return inUse.isUsing(artifact);
  }

  /** Stops everything, without a word to those who wait. */
  public void close() {
    // Nothing starts any more in the place of what ends.
    queue.clear();
    List.copyOf(transfers.values()).forEach(ArtifactTransfer::cancel);
    transfers.clear();
    queue.clear();
    if (rotation != null) {
      rotation.cancel();
    }
    context.flow().close();
  }

  private void join(ModelName model, ArtifactReference artifact, Waiter waiter) {
    ArtifactTransfer transfer = transfers.get(artifact.digest());
    if (transfer == null) {
      transfer = new ArtifactTransfer(context, model, artifact, new Ending(model, artifact));
      transfers.put(artifact.digest(), transfer);
      queue.add(transfer);
    }
    transfer.waiters().add(waiter);
    startNext();
  }

  private void startNext() {
    queue.startNext();
    if (rotation == null && queue.isAwaited()) {
      rotation = context.scheduler().schedule(TransferQueue.LONG, this::rotate);
    }
  }

  private void rotate() {
    rotation = null;
    queue.rotate();
    startNext();
    context.flow().pump();
  }

  private void forget(ArtifactTransfer transfer) {
    transfers.remove(transfer.artifact().digest(), transfer);
    queue.remove(transfer);
    startNext();
    // Its turns are others' now.
    context.flow().pump();
  }

  /** What a transfer tells its fetcher. */
  final class Ending {
    private final ModelName model;
    private final ArtifactReference artifact;

    Ending(ModelName model, ArtifactReference artifact) {
      this.model = model;
      this.artifact = artifact;
    }

    void done(ArtifactTransfer transfer) {
      forget(transfer);
      List.copyOf(transfer.waiters()).forEach(waiter -> waiter.arrived(transfer));
    }

    void failed(ArtifactTransfer transfer, String detail) {
      forget(transfer);
      List.copyOf(transfer.waiters()).forEach(waiter -> waiter.fail(detail));
    }

    /** The storage is in the way for a reason; empty when it no longer is. */
    void stalled(ArtifactTransfer transfer, String detail) {
      List.copyOf(transfer.waiters()).forEach(waiter -> waiter.listener.stalled(detail));
    }

    /** A try to do without the whole artifact; its difference must be there. */
    DifferenceFetch byDifference(ArtifactTransfer transfer, DifferenceFetch.Listener listener) {
      return new DifferenceFetch(
          new ArtifactStorage(context.scheduler(), context.cache(), artifact),
          model,
          assembly,
          new DifferenceFetch.Surroundings() {
            @Override
            public Ticket fetch(ArtifactReference difference, Listener arrival) {
              return ArtifactFetcher.this.fetch(
                  model, List.of(difference), transfer::priority, arrival);
            }

            @Override
            public UseCount inUse() {
              return inUse;
            }
          },
          listener);
    }

    void differenceUsed() {
      differencesUsed.incrementAndGet();
    }

    void differenceAbandoned() {
      differencesAbandoned.incrementAndGet();
    }

    /** Nothing comes, so many times in a row. */
    void fruitless(ArtifactTransfer transfer, int times) {
      List.copyOf(transfer.waiters()).forEach(waiter -> waiter.listener.fruitless(times));
    }

    void repeated(int bytes) {
      repeatedBytes.addAndGet(bytes);
    }

    /** The transfer waits for a while: another may have its place. */
    void paused(ArtifactTransfer transfer) {
      queue.remove(transfer);
      startNext();
    }

    /** The transfer has waited and wants a place again. */
    void resumed(ArtifactTransfer transfer) {
      queue.add(transfer);
      startNext();
    }

    void wrongDigest() {
      wrongDigests.incrementAndGet();
    }
  }

  /** Somebody who waits for all artifacts of a version. */
  final class Waiter implements Ticket {
    private final Supplier<FetchPriority> priority;
    private final Listener listener;
    private final Set<Sha256> missing = new HashSet<>();
    private FetchProgress arrived = FetchProgress.NONE;
    private boolean over;

    Waiter(Supplier<FetchPriority> priority, Listener listener) {
      this.priority = priority;
      this.listener = listener;
    }

    FetchPriority priority() {
      return priority.get();
    }

    private void arrived(ArtifactTransfer transfer) {
      if (!missing.remove(transfer.artifact().digest())) {
        return;
      }
      arrived = arrived.plus(transfer.whole());
      if (missing.isEmpty() && !over) {
        over = true;
        listener.fetched();
      }
    }

    @Override
    public FetchProgress progress() {
      return missing.stream()
          .map(transfers::get)
          .filter(Objects::nonNull)
          .map(ArtifactTransfer::progress)
          .reduce(arrived, FetchProgress::plus);
    }

    private void fail(String detail) {
      if (!over) {
        cancel();
        listener.failed(detail);
      }
    }

    @Override
    public void cancel() {
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
