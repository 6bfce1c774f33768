package io.covey.coordinator.delivery;

import com.google.protobuf.ByteString;
import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.coordinator.registry.ArtifactStore;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ChunksWanted;
import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers agents that ask for blocks, on the blocks' own topics and not retained: everybody has the
 * answer who waits for it. Only files of versions that are offered now are answered for.
 *
 * <p>Thread rule: the owner's scheduler only.
 */
public final class BlockServer {
  private static final Logger LOG = LoggerFactory.getLogger(BlockServer.class);

  /** Blocks on their way to the broker at a time. */
  private static final int UNDER_WAY = 4;

  private final Scheduler scheduler;
  private final FleetMessenger messenger;
  private final LoadedArtifacts artifacts;
  private final BlockDesk desk;
  // Also read by whoever else serves what is offered, from its own thread.
  private final Map<Sha256, Offer> offers = new ConcurrentHashMap<>();
  private final Duration gathering;
  private Scheduler.@Nullable Timer timer;
  private Instant wakesAt = Instant.MAX;
  private int underWay;
  private long refused;
  private long answered;

  private record Offer(ModelName model, ArtifactReference artifact) {}

  public BlockServer(
      Scheduler scheduler,
      FleetMessenger messenger,
      ArtifactStore artifacts,
      DeliverySettings settings) {
    this.scheduler = scheduler;
    this.messenger = messenger;
    this.artifacts = new LoadedArtifacts(scheduler, artifacts);
    this.desk = new BlockDesk(settings, scheduler.now());
    this.gathering = settings.gathering();
  }

  /** From now on blocks of this file may be asked for. */
  public void offer(ModelName model, ArtifactReference artifact) {
    offers.put(artifact.digest(), new Offer(model, artifact));
  }

  /** From now on they may not. */
  public void withdraw(Sha256 artifact) {
    if (offers.remove(artifact) != null) {
      desk.withdraw(block -> block.artifact().digest().equals(artifact));
    }
  }

  /** The file of this digest, if blocks of it may be asked for; any thread. */
  public Optional<ArtifactReference> offered(Sha256 artifact) {
    return Optional.ofNullable(offers.get(artifact)).map(Offer::artifact);
  }

  /** An agent asks. */
  public void wanted(AgentId agent, ChunksWanted request) {
    Offer offer = offers.get(request.artifact());
    if (offer == null || !offer.model().equals(request.model())) {
      refused += request.chunks().size();
      LOG.debug("{} asks for blocks of {}, which is not offered", agent, request.artifact());
      return;
    }
    Set<Block> blocks = new LinkedHashSet<>();
    for (int index : request.chunks()) {
      if (index < offer.artifact().chunkCount()) {
        blocks.add(new Block(offer.model(), offer.artifact(), index));
      }
    }
    desk.keepOnly(agent, request.artifact(), blocks, scheduler.now());
    long taken = blocks.stream().filter(b -> desk.want(agent, b, scheduler.now())).count();
    refused += request.chunks().size() - taken;
    // Nothing of it goes out before it was gathered: no need to look through all that waits.
    pumpAfter(gathering);
  }

  /** Blocks that were asked for in vain: not offered, out of range, or too many at a time. */
  public long refused() {
    return refused;
  }

  /** Blocks that have gone out. */
  public long answered() {
    return answered;
  }

  private void pump() {
    while (underWay < UNDER_WAY) {
      Optional<Block> next = desk.next(scheduler.now());
      if (next.isEmpty()) {
        desk.delay(scheduler.now()).ifPresent(this::pumpAfter);
        return;
      }
      send(next.get());
    }
  }

  /** Looks again then, unless that happens earlier anyway. */
  private void pumpAfter(Duration delay) {
    Instant due = scheduler.now().plus(delay);
    if (timer != null) {
      if (!due.isBefore(wakesAt)) {
        return;
      }
      timer.cancel();
    }
    wakesAt = due;
    timer =
        scheduler.schedule(
            delay,
            () -> {
              timer = null;
              pump();
            });
  }

  private void send(Block block) {
    underWay++;
    var unused =
        artifacts
            .get(block.artifact())
            .thenCompose(content -> messenger.sendChunk(block.model(), chunk(block, content)))
            .whenComplete(
                (done, failure) -> {
                  underWay--;
                  if (failure == null) {
                    answered++;
                  } else {
                    // Who waits for it asks again.
                    LOG.warn(
                        "block {} of {} could not be sent: {}",
                        block.index(),
                        block.artifact().digest(),
                        failure.getMessage());
                  }
                  scheduler.execute(this::pump);
                });
  }

  private static ArtifactChunk chunk(Block block, ByteString content) {
    int start = Math.multiplyExact(block.index(), block.artifact().chunkSizeBytes());
    return new ArtifactChunk(
        block.artifact().digest(), block.index(), content.substring(start, start + block.bytes()));
  }
}
