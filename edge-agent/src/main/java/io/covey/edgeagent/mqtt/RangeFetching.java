package io.covey.edgeagent.mqtt;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.mqtt.ArtifactFetcher.Context;
import io.covey.edgeagent.mqtt.RangeSource.Wanted;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One artifact's blocks by ranges, where the fleet offers that: the longest run of missing ones in
 * one request, a few blocks at a time in memory. While an answer comes, nothing is asked for over
 * MQTT; when none comes, or it breaks off, MQTT goes on with what is missing, and ranges are tried
 * again after a pause.
 *
 * <p>Thread rule: the agent's scheduler only.
 */
final class RangeFetching {
  /** Below that, messages over the connection that stands are as fast. */
  static final int SHORTEST_RUN = 4;

  /** How long MQTT waits for an answer to begin that has come the last time. */
  static final Duration HEAD_START = Duration.ofSeconds(2);

  /** An answer may take so many times what a block may to begin: MQTT goes on beside it. */
  private static final int HEAD_PATIENCE = 3;

  /** Servers end an answer that stands still for some time, however patient the agent is. */
  private static final Duration LONGEST_BETWEEN_BLOCKS = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(RangeFetching.class);

  /** What blocks are fetched for. */
  interface Blocks {
    /** Whether blocks can be taken in now. */
    boolean mayBegin();

    /** Those that are neither here nor asked for in another way. */
    BitSet missing();

    FetchPriority priority();

    /**
     * A block has come.
     *
     * @param settled to be called once, when it is on the disk or dropped
     */
    void take(int index, ByteString content, Runnable settled);

    /** {@link #holds} may answer otherwise than before. */
    void changed();
  }

  private final Context context;
  private final ArtifactReference artifact;
  private final Blocks blocks;
  private final Pause pause;
  private @Nullable Attempt attempt;
  private int shortestRun = SHORTEST_RUN;
  private boolean delivered;
  private boolean distrusted;
  private boolean over;

  RangeFetching(Context context, ArtifactReference artifact, Blocks blocks) {
    this.context = context;
    this.artifact = artifact;
    this.blocks = blocks;
    this.pause = new Pause(context.scheduler(), context.random(), context.settings());
  }

  /** Whether nothing is to be asked for in another way. */
  boolean holds() {
    Attempt current = attempt;
    return current != null && current.holds;
  }

  /** Whether there is a request, answered or not. */
  boolean isUnderWay() {
    return attempt != null;
  }

  /** Whether an answer comes. */
  boolean isOpen() {
    Attempt current = attempt;
    return current != null && current.open;
  }

  /** Begins where there is something to fetch and a way to it; otherwise does nothing. */
  void consider() {
    RangeRoutes routes = context.routes();
    if (over
        || distrusted
        || attempt != null
        || pause.isOn()
        || !isFastEnough()
        || !routes.areThere()
        || !blocks.mayBegin()) {
      return;
    }
    BitSet missing = blocks.missing();
    int first = longestRun(missing);
    int end = missing.nextClearBit(Math.max(0, first));
    FetchPriority priority = blocks.priority();
    if (first < 0 || end - first < shortestRun || !routes.enter(priority)) {
      return;
    }
    Attempt begun = new Attempt(new Wanted(routes.current(), artifact, first, end - 1), priority);
    attempt = begun;
    begun.begin();
  }

  /**
   * Whether the agent's own rate lets blocks come so fast that neither side takes the answer for
   * dead, also while something else has its share of the rate. Where it does not, messages do as
   * well: each is an answer of its own.
   */
  private boolean isFastEnough() {
    long rate = context.settings().bytesPerSecond();
    long half = context.settings().progressTimeout().dividedBy(2).toMillis();
    return rate == 0
        || artifact.chunkSizeBytes() * 1000L / rate
            <= Math.min(half, LONGEST_BETWEEN_BLOCKS.toMillis());
  }

  /** What is missing does not come in another way: from now on also single blocks are fetched. */
  void takeAll() {
    shortestRun = 1;
    consider();
  }

  /** Where it begins; -1 when nothing is missing. */
  private static int longestRun(BitSet missing) {
    int longest = -1;
    int length = 0;
    for (int first = missing.nextSetBit(0); first >= 0; ) {
      int end = missing.nextClearBit(first);
      if (end - first > length) {
        longest = first;
        length = end - first;
      }
      first = missing.nextSetBit(end);
    }
    return longest;
  }

  /** Whether anything has come this way. */
  boolean hasDelivered() {
    return delivered;
  }

  /** What has come this way is wrong: nothing more of this artifact is fetched so. */
  void distrust(String why) {
    if (!distrusted) {
      LOG.warn("Artifact {}: no more by ranges: {}", artifact.digest(), why);
      distrusted = true;
      cancel();
      context.routes().failed();
    }
  }

  /** Nothing happens any more. */
  void stop() {
    over = true;
    pause.end();
    cancel();
  }

  private void cancel() {
    Attempt current = attempt;
    if (current != null) {
      current.end();
      current.answer().cancel();
      context.routes().leave(current.priority);
    }
  }

  private void pauseAfter(String why) {
    context.routes().failed();
    Duration wait =
        pause.begin(
            () -> {
              pause.end();
              consider();
            });
    LOG.info(
        "Artifact {}: blocks come over MQTT, since {}; by ranges again in {} ms",
        artifact.digest(),
        why,
        wait.toMillis());
  }

  /** One request and its answer. */
  private final class Attempt implements RangeSource.Listener {
    private final Wanted wanted;
    private final FetchPriority priority;
    private RangeSource.@Nullable Answer asked;
    private Scheduler.@Nullable Timer patience;
    private Scheduler.@Nullable Timer rate;
    private boolean holds;
    private boolean open;
    private boolean done;
    private int demanded;
    private int arrived;
    private int unsettled;

    Attempt(Wanted wanted, FetchPriority priority) {
      this.wanted = wanted;
      this.priority = priority;
    }

    RangeSource.Answer answer() {
      RangeSource.Answer begun = asked;
      if (begun == null) {
        throw new IllegalStateException("nothing was asked for");
      }
      return begun;
    }

    void begin() {
      holds = context.routes().isTrusted();
      Duration longest = context.settings().progressTimeout();
      patience =
          context
              .scheduler()
              .schedule(HEAD_START.compareTo(longest) < 0 ? HEAD_START : longest, this::noHead);
      asked = context.routes().source().ask(wanted, this);
    }

    /** MQTT begins; the answer may still come. */
    private void noHead() {
      holds = false;
      patience =
          context
              .scheduler()
              .schedule(
                  context.settings().progressTimeout().multipliedBy(HEAD_PATIENCE),
                  () -> giveUp("no answer has begun"));
      blocks.changed();
    }

    private void giveUp(String why) {
      answer().cancel();
      failed(why);
    }

    @Override
    public void opened() {
      if (!done) {
        open = true;
        holds = true;
        stopWaiting();
        pull();
      }
    }

    /** Asks for more blocks, as many as there is room for in memory and as the rate allows. */
    private void pull() {
      if (rate != null) {
        return;
      }
      while (open
          && !done
          && demanded < wanted.count()
          && unsettled < context.settings().window()) {
        int bytes = artifact.chunkLengthBytes(wanted.firstBlock() + demanded);
        Duration wait = context.flow().takeRate(bytes);
        if (!wait.isZero()) {
          rate =
              context
                  .scheduler()
                  .schedule(
                      wait,
                      () -> {
                        rate = null;
                        pull();
                      });
          return;
        }
        demanded++;
        unsettled++;
        if (patience == null) {
          waitForBlock();
        }
        answer().more();
      }
    }

    private void waitForBlock() {
      patience =
          context
              .scheduler()
              .schedule(
                  context.settings().progressTimeout(), () -> giveUp("the answer is too slow"));
    }

    @Override
    public void block(int index, ByteString content) {
      if (done) {
        return;
      }
      if (index != wanted.firstBlock() + arrived
          || arrived >= demanded
          || content.size() != artifact.chunkLengthBytes(index)) {
        giveUp("the answer is not what was asked for");
        return;
      }
      arrived++;
      delivered = true;
      stopWaiting();
      if (arrived < demanded) {
        waitForBlock();
      }
      blocks.take(index, content, this::settled);
    }

    private void settled() {
      unsettled--;
      pull();
    }

    @Override
    public void ended() {
      if (done) {
        return;
      }
      if (arrived < wanted.count()) {
        failed("the answer has ended early");
        return;
      }
      end();
      // Not at each block: whoever brings one now and then and stops is asked less and less often.
      pause.reset();
      context.routes().worked();
      context.routes().leave(priority);
      consider();
      blocks.changed();
    }

    @Override
    public void failed(String why) {
      if (!done) {
        end();
        // Before the place is free: whoever looks for one then finds this one paused.
        pauseAfter(why);
        context.routes().leave(priority);
        blocks.changed();
      }
    }

    void end() {
      done = true;
      open = false;
      holds = false;
      stopWaiting();
      if (rate != null) {
        rate.cancel();
        rate = null;
      }
      attempt = null;
    }

    private void stopWaiting() {
      if (patience != null) {
        patience.cancel();
        patience = null;
      }
    }
  }
}
