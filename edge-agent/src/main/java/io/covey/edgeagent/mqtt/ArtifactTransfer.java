package io.covey.edgeagent.mqtt;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.artifacts.ArtifactCache.Outcome;
import io.covey.edgeagent.artifacts.OutOfQuotaException;
import io.covey.edgeagent.mqtt.ArtifactFetcher.Context;
import io.covey.edgeagent.mqtt.BlockWriting.Block;
import io.covey.edgeagent.mqtt.BlockWriting.Way;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.ArtifactReference;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One artifact on its way into the cache: goes on from what the disk has of it, asks for the blocks
 * that are missing, and takes the whole in when its digest is right.
 *
 * <p>Nothing that is on the disk is fetched again, unless the disk has damaged it. What is wrong
 * with what comes is bounded; what is wrong with the storage is waited out.
 */
final class ArtifactTransfer {
  private static final Logger LOG = LoggerFactory.getLogger(ArtifactTransfer.class);

  private final Context context;
  private final ModelName model;
  private final ArtifactReference artifact;
  private final ArtifactFetcher.Ending ending;
  private final Set<ArtifactFetcher.Waiter> waiters = new LinkedHashSet<>();
  private final ArtifactStorage storage;
  private final BlockAsking asking;
  private final RangeFetching ranges;
  private final Pause pause;
  private @Nullable BlockWriting writing;
  private @Nullable DifferenceFetch byDifference;
  private Optional<Instant> lastWritten = Optional.empty();
  private int failures;
  private int barren;
  private boolean stalled;
  private boolean committing;
  private boolean over;

  ArtifactTransfer(
      Context context, ModelName model, ArtifactReference artifact, ArtifactFetcher.Ending ending) {
    this.context = context;
    this.model = model;
    this.artifact = artifact;
    this.ending = ending;
    this.storage = new ArtifactStorage(context.scheduler(), context.cache(), artifact);
    this.asking = new BlockAsking(context, model, artifact, new AskingOwner());
    this.ranges = new RangeFetching(context, artifact, new RangeBlocks());
    this.pause = new Pause(context.scheduler(), context.random(), context.settings());
  }

  ArtifactReference artifact() {
    return artifact;
  }

  /** How far it is; of a difference, as long as one is fetched instead. */
  FetchProgress progress() {
    Optional<FetchProgress> instead =
        Optional.ofNullable(byDifference).flatMap(DifferenceFetch::progress);
    int here = writing == null ? 0 : writing.count();
    return instead.orElseGet(() -> new FetchProgress(here, artifact.chunkCount(), lastWritten));
  }

  /** That it is here. */
  FetchProgress whole() {
    return new FetchProgress(artifact.chunkCount(), artifact.chunkCount(), lastWritten);
  }

  Set<ArtifactFetcher.Waiter> waiters() {
    return waiters;
  }

  /** As urgent as the most urgent of those who wait. */
  FetchPriority priority() {
    return waiters.stream().anyMatch(waiter -> waiter.priority() == FetchPriority.SERVING)
        ? FetchPriority.SERVING
        : FetchPriority.TRAINING;
  }

  /**
   * Whether it has a block to ask for.
   *
   * @param room whether there is room in the window
   */
  boolean canAsk(boolean room) {
    return !over
        && writing != null
        && !writing.isStuck()
        && !pause.isOn()
        && !ranges.holds()
        && asking.hasNext()
        && asking.mayAsk(room);
  }

  /** Whether it can do without its place for a while: what it has asked for still counts. */
  boolean canYield() {
    return writing != null && !committing;
  }

  BlockAsking asking() {
    return asking;
  }

  /** Looks into the cache first; goes on where it was when it was paused. */
  void start() {
    pause.end();
    if (writing == null) {
      storage.contains().whenComplete((present, error) -> lookedUp(Boolean.TRUE.equals(present)));
    } else if (writing.isStuck()) {
      writing.again();
    } else {
      proceed(writing);
    }
  }

  private void lookedUp(boolean present) {
    if (over) {
      return;
    }
    if (present) {
      succeed();
    } else if (artifact.difference().isPresent() && byDifference == null) {
      byDifference = ending.byDifference(this, new DifferenceListener());
      byDifference.begin();
    } else {
      stage();
    }
  }

  private void stage() {
    storage
        .stage()
        .whenComplete(
            (fresh, error) -> {
              if (over) {
                Optional.ofNullable(fresh).ifPresent(storage::suspend);
              } else if (error != null) {
                storageFailed(error);
              } else {
                opened(new BlockWriting(context, model, artifact, fresh, new WritingListener()));
              }
            });
  }

  private void opened(BlockWriting opened) {
    writing = opened;
    if (opened.count() > 0) {
      LOG.info(
          "Going on with artifact {}: {} of {} blocks are here",
          artifact.digest(),
          opened.count(),
          artifact.chunkCount());
    }
    asking.begin(opened.missing());
    proceed(opened);
  }

  private void proceed(BlockWriting current) {
    if (current.isComplete()) {
      commit(current);
    }
    ranges.consider();
    context.flow().pump();
  }

  /** Nothing happens any more; what is on the disk stays there. */
  void cancel() {
    if (!over) {
      end();
    }
  }

  /** There may be a way to ranges that was not there, or a place. */
  void considerRanges() {
    ranges.consider();
  }

  /** The connection is gone, and with it what was on its way. */
  void disconnected() {
    asking.withdraw();
  }

  /** There is a connection: whoever waited for a block need not wait longer. */
  void connected() {
    if (writing != null && !writing.isStuck()) {
      wake();
    }
  }

  void onChunk(ArtifactChunk chunk, boolean retained) {
    int index = chunk.index();
    BlockWriting current = writing;
    if (over || current == null || index >= artifact.chunkCount()) {
      return;
    }
    if (!asking.wants(index)) {
      ending.repeated(chunk.content().size());
      return;
    }
    if (chunk.content().size() != artifact.chunkLengthBytes(index)) {
      asking.rejected(index);
      wrong(index);
      return;
    }
    pause.reset();
    barren = 0;
    boolean counted = asking.arrived(index, retained);
    Runnable settled = counted ? context.flow()::release : () -> {};
    write(current, new Block(index, chunk.content(), Way.MESSAGE, settled));
  }

  private void write(BlockWriting current, Block block) {
    current.write(block);
    if (!current.isStuck()) {
      wake();
    }
  }

  private void wake() {
    if (pause.isOn()) {
      ending.resumed(this);
    }
  }

  private void commit(BlockWriting whole) {
    if (committing) {
      return;
    }
    committing = true;
    storage
        .commit(whole.staging())
        .whenComplete(
            (outcome, error) -> {
              committing = false;
              if (over) {
                return;
              }
              if (error != null) {
                storageFailed(error);
              } else {
                committed(whole, outcome);
              }
            });
  }

  private void committed(BlockWriting whole, Outcome outcome) {
    if (outcome.whole()) {
      succeed();
    } else if (outcome.damaged().isEmpty()) {
      ending.wrongDigest();
      whole.end();
      writing = null;
      if (ranges.hasDelivered()) {
        ranges.distrust("the whole has another digest");
      }
      if (mayFailAgain("its bytes do not have the digest it was announced with")) {
        waitFor("another digest than announced");
      }
    } else if (mayFailAgain("the disk damages what is written to it")) {
      LOG.warn(
          "The disk has damaged {} blocks of artifact {}; they are fetched again",
          outcome.damaged().cardinality(),
          artifact.digest());
      whole.lost(outcome.damaged());
      asking.begin(outcome.damaged());
      proceed(whole);
    }
  }

  private void succeed() {
    over = true;
    leave();
    ending.done(this);
  }

  /** The disk is full, read-only, or gone: what is here is kept, and tried again later. */
  private void storageFailed(Throwable error) {
    Throwable cause = ArtifactStorage.cause(error);
    String why = "storage failed: " + cause.getMessage();
    if (cause instanceof ClosedChannelException && writing != null) {
      leave(writing);
      waitFor("somebody else has put it together, or does");
    } else if (!(cause instanceof OutOfQuotaException) || mayFailAgain(why)) {
      stalled = true;
      ending.stalled(this, why);
      waitFor(why);
    }
  }

  /** A block is not what was announced: it is asked for again, a bounded number of times. */
  private void wrong(Block block) {
    if (block.way() == Way.RANGE) {
      asking.add(block.index());
      ranges.distrust("block " + block.index() + " is not authentic");
      context.flow().pump();
    } else if (block.index() > 0 && writing != null && !writing.firstCameSigned()) {
      beginAnew(writing);
    } else {
      wrong(block.index());
    }
  }

  /**
   * The coordinator has signed a block that does not belong to the first one, which came otherwise:
   * that was made by somebody else who has the content key, and all that was checked with it may
   * have been.
   */
  private void beginAnew(BlockWriting forged) {
    LOG.warn(
        "Artifact {}: its first block is not the coordinator's; all of it is fetched over MQTT",
        artifact.digest());
    leave(forged);
    ranges.distrust("the first block is not the coordinator's");
    storage
        .abandon(forged.staging())
        .whenComplete(
            (done, error) -> {
              if (!over) {
                waitFor("its first block was not the coordinator's");
              }
            });
  }

  /** Nothing is written there any more, and nothing wanted until the file is staged again. */
  private void leave(BlockWriting staged) {
    asking.withdraw();
    staged.end();
    writing = null;
  }

  private void wrong(int index) {
    if (mayFailAgain("block " + index + " is not what was announced")) {
      asking.add(index);
      waitFor("block " + index + " is wrong");
    }
  }

  private boolean mayFailAgain(String why) {
    if (++failures < context.settings().maximumFailures()) {
      return true;
    }
    end();
    ending.failed(this, "artifact %s: %s".formatted(artifact.digest(), why));
    return false;
  }

  /** Nothing has come of what was asked for. */
  private void fruitless() {
    if (ranges.isOpen()) {
      return;
    }
    ranges.takeAll();
    int here = writing == null ? 0 : writing.count();
    waitFor(here + " of " + artifact.chunkCount() + " blocks are here, and no more come");
    ending.fruitless(this, ++barren);
  }

  private void waitFor(String why) {
    if (!pause.isOn()) {
      Duration wait = pause.begin(() -> ending.resumed(this));
      LOG.info("Artifact {}: {}; again in {} ms", artifact.digest(), why, wait.toMillis());
      ending.paused(this);
    }
  }

  private String name() {
    return artifact
        .sealing()
        .map(s -> "%s of %s version %s".formatted(artifact.role(), model, s.keyVersion()))
        .orElseGet(() -> "artifact " + artifact.digest());
  }

  private void end() {
    over = true;
    leave();
    if (writing != null) {
      storage.suspend(writing.staging());
    }
  }

  private void leave() {
    if (byDifference != null) {
      byDifference.cancel();
    }
    asking.withdraw();
    ranges.stop();
    pause.end();
    if (writing != null) {
      writing.end();
    }
  }

  private final class DifferenceListener implements DifferenceFetch.Listener {
    @Override
    public void fetching() {
      // Its place is for the difference.
      ending.paused(ArtifactTransfer.this);
    }

    @Override
    public void stalled(String detail) {
      ending.stalled(ArtifactTransfer.this, detail);
    }

    @Override
    public void hasNoBase() {
      stage();
    }

    @Override
    public void made() {
      LOG.info(
          "{} by difference: {} of {} bytes",
          name(),
          artifact.difference().orElseThrow().file().lengthBytes(),
          artifact.lengthBytes());
      ending.differenceUsed();
      succeed();
    }

    @Override
    public void failed(String detail) {
      LOG.warn("{} could not be had by difference, and is fetched whole: {}", name(), detail);
      ending.differenceAbandoned();
      ending.resumed(ArtifactTransfer.this);
    }
  }

  private final class WritingListener implements BlockWriting.Listener {
    @Override
    public void written() {
      lastWritten = Optional.of(context.scheduler().now());
      if (stalled) {
        stalled = false;
        ending.stalled(ArtifactTransfer.this, "");
      }
      if (writing != null) {
        proceed(writing);
      }
    }

    @Override
    public void wrong(Block block) {
      ArtifactTransfer.this.wrong(block);
    }

    @Override
    public void failed(Throwable error) {
      storageFailed(error);
    }
  }

  private final class RangeBlocks implements RangeFetching.Blocks {
    @Override
    public boolean mayBegin() {
      return !over && writing != null && !writing.isStuck();
    }

    @Override
    public BitSet missing() {
      return asking.missing();
    }

    @Override
    public FetchPriority priority() {
      return ArtifactTransfer.this.priority();
    }

    @Override
    public void take(int index, ByteString content, Runnable settled) {
      BlockWriting current = writing;
      if (over || current == null || !asking.cameOtherwise(index)) {
        ending.repeated(content.size());
        settled.run();
      } else {
        pause.reset();
        write(current, new Block(index, content, Way.RANGE, settled));
      }
    }

    @Override
    public void changed() {
      context.flow().pump();
    }
  }

  private final class AskingOwner implements BlockAsking.Owner {
    @Override
    public void fruitless() {
      ArtifactTransfer.this.fruitless();
    }

    @Override
    public boolean asksFromEnd() {
      return ranges.isUnderWay();
    }
  }
}
