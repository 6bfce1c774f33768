package io.covey.edgeagent.mqtt;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.artifacts.ArtifactCache.Staging;
import io.covey.edgeagent.mqtt.ArtifactFetcher.Context;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.time.Workload;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;

/**
 * The blocks of one staging on their way to the disk. What cannot be written is kept, and written
 * again when told to: nothing that has come is fetched again because a disk was full.
 *
 * <p>Thread rule: the agent's scheduler only; writing itself is done by workers.
 */
final class BlockWriting {

  /** What becomes of blocks. */
  interface Listener {
    /** One more is on the disk. */
    void written();

    /** The check says that it is wrong. */
    void wrong(Block block);

    void failed(Throwable error);
  }

  /**
   * A block that is here.
   *
   * @param way how it came
   * @param settled called once, when it is on the disk or dropped
   */
  record Block(int index, ByteString content, Way way, Runnable settled) {}

  /** How blocks come. */
  enum Way {
    MESSAGE,
    RANGE
  }

  private final Context context;
  private final ArtifactReference artifact;
  private final Staging staging;
  private final Listener listener;
  private final BitSet written;
  private final BlockCheck.Blocks check;
  private final Deque<Block> unwritten = new ArrayDeque<>();
  private boolean firstCameSigned;
  private boolean over;

  BlockWriting(
      Context context,
      ModelName model,
      ArtifactReference artifact,
      Staging staging,
      Listener listener) {
    this.context = context;
    this.artifact = artifact;
    this.staging = staging;
    this.listener = listener;
    this.written = staging.present();
    this.check = context.check().of(model, artifact);
  }

  Staging staging() {
    return staging;
  }

  int count() {
    return written.cardinality();
  }

  boolean isComplete() {
    return count() == artifact.chunkCount();
  }

  /** Those that are not on the disk. */
  BitSet missing() {
    BitSet missing = new BitSet();
    missing.set(0, artifact.chunkCount());
    missing.andNot(written);
    return missing;
  }

  /**
   * Whether the first block, which all others are checked with, came from the coordinator as far as
   * is known, and not in another way or before the restart.
   */
  boolean firstCameSigned() {
    return firstCameSigned;
  }

  /** Whether blocks wait for {@link #again}. */
  boolean isStuck() {
    return !unwritten.isEmpty();
  }

  /** The disk has lost these. */
  void lost(BitSet damaged) {
    written.andNot(damaged);
  }

  void write(Block block) {
    if (block.index() == 0) {
      // Before it is checked: from then on others are checked with it.
      firstCameSigned = block.way() == Way.MESSAGE;
    }
    boolean firstIsHere = written.get(0);
    context
        .scheduler()
        .offload(
            new Workload(Workload.Kind.STORAGE, block.content().size()),
            () -> checkAndWrite(block, firstIsHere))
        .whenComplete(
            (right, error) -> {
              if (!over && error != null) {
                unwritten.add(block);
                listener.failed(error);
                return;
              }
              block.settled().run();
              if (!over) {
                settled(block, right);
              }
            });
  }

  /** Tries to write what could not be written. */
  void again() {
    Deque<Block> blocks = new ArrayDeque<>(unwritten);
    unwritten.clear();
    blocks.forEach(this::write);
  }

  /** Nothing is heard any more. */
  void end() {
    over = true;
    unwritten.forEach(block -> block.settled().run());
    unwritten.clear();
  }

  private boolean checkAndWrite(Block block, boolean firstIsHere) throws Exception {
    boolean right = mayBeRight(block, firstIsHere);
    if (right) {
      staging.write(block.index(), block.content());
    }
    return right;
  }

  private boolean mayBeRight(Block block, boolean firstIsHere) throws Exception {
    if (firstIsHere && check.wantsFirst()) {
      var unused = check.mayBeRight(0, staging.read(0));
    }
    return check.mayBeRight(block.index(), block.content());
  }

  private void settled(Block block, boolean right) {
    if (right) {
      written.set(block.index());
      listener.written();
    } else {
      listener.wrong(block);
    }
  }
}
