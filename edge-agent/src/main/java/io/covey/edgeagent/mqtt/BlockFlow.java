package io.covey.edgeagent.mqtt;

import io.covey.protocols.time.RateLimit;
import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How many blocks are asked for at a time, over all transfers: a window that grows while blocks
 * come and is halved when one does not (RFC 5681, sections 3.1 and 3.2, in blocks), an average
 * rate, and the time-out that a block is given.
 *
 * <p>A block holds its place in the window until it is on the disk, so a slow disk slows the
 * asking, and what waits in memory is bounded.
 *
 * <p>Thread rule: the agent's scheduler only.
 */
final class BlockFlow {
  private static final double FIRST_WINDOW = 2;

  /** Whose turn it is. */
  interface Choice {
    /**
     * The most urgent transfer that has a block to ask for.
     *
     * @param room whether there is room in the window
     */
    Optional<ArtifactTransfer> next(boolean room);
  }

  private final Scheduler scheduler;
  private final int largestWindow;
  private final RateLimit rate;
  private final RetransmissionTimeout timeout;
  private final Choice next;
  private double window = FIRST_WINDOW;
  private double threshold;
  private int outstanding;
  private long asked;
  private long askedAtLoss;
  private long arrivals;
  private Instant lastArrival = Instant.MIN;
  private boolean connected;
  private boolean pumping;
  private Scheduler.@Nullable Timer timer;

  /**
   * @param next whose turn it is
   */
  BlockFlow(Scheduler scheduler, FetchSettings settings, Choice next) {
    this.scheduler = scheduler;
    this.largestWindow = settings.window();
    this.threshold = settings.window();
    this.rate = RateLimit.of(settings.bytesPerSecond(), scheduler.now());
    this.timeout = new RetransmissionTimeout(settings.progressTimeout(), settings.longestBackoff());
    this.next = next;
  }

  boolean connected() {
    return connected;
  }

  void setConnected(boolean standing) {
    connected = standing;
  }

  /** How many blocks may be on their way. */
  int window() {
    return (int) window;
  }

  /** How long the next block may take. */
  Duration timeout() {
    return timeout.current();
  }

  /** Asks for blocks while there is room, and for what waits for the rate when its time comes. */
  void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      boolean more = connected;
      while (more) {
        more = next.next(outstanding < window()).filter(this::askOne).isPresent();
      }
    } finally {
      pumping = false;
    }
  }

  private boolean askOne(ArtifactTransfer transfer) {
    BlockAsking asking = transfer.asking();
    int bytes = asking.nextBytes();
    Duration wait = rate.wait(bytes, scheduler.now());
    if (!wait.isZero()) {
      pumpAfter(wait);
      return false;
    }
    rate.take(bytes, scheduler.now());
    asked++;
    if (!asking.isProbing()) {
      outstanding++;
    }
    asking.askNext(asked);
    return true;
  }

  /**
   * Takes bytes that come in another way from the rate, if they may come now.
   *
   * @return zero when they may; otherwise how long to wait before asking again
   */
  Duration takeRate(int bytes) {
    Duration wait = rate.wait(bytes, scheduler.now());
    if (wait.isZero()) {
      rate.take(bytes, scheduler.now());
    }
    return wait;
  }

  private void pumpAfter(Duration wait) {
    if (timer != null) {
      timer.cancel();
    }
    timer = scheduler.schedule(wait, this::pump);
  }

  /** A block that was asked for has come. It keeps its place until {@link #release}. */
  void arrived() {
    arrivals++;
    lastArrival = scheduler.now();
    window = Math.min(largestWindow, window + (window < threshold ? 1 : 1 / window));
  }

  /** A block has come that others had asked for: the link is alive, and says nothing more. */
  void overheard() {
    lastArrival = scheduler.now();
  }

  /** How many blocks have come that were asked for. */
  long arrivals() {
    return arrivals;
  }

  /**
   * Whether a block that has not come in time may still be behind others: they do come, and not
   * many that were asked for later have overtaken it (the packet threshold of RFC 9002, section
   * 6.1.1, but two windows).
   *
   * @param arrivalsBefore when it was asked for
   */
  boolean mayBeBehind(long arrivalsBefore) {
    boolean others = lastArrival.plus(timeout()).isAfter(scheduler.now());
    return others && arrivals - arrivalsBefore < 2L * largestWindow;
  }

  /** A block that was asked for only once has come after so long. */
  void measured(Duration roundTrip) {
    timeout.sample(roundTrip);
  }

  /**
   * A block has not come in time.
   *
   * @param number of the asking, as {@link BlockAsking#askNext} was told
   */
  void expired(long number) {
    release();
    // Once for all that was asked for before the window was halved.
    if (number > askedAtLoss) {
      askedAtLoss = asked;
      threshold = Math.max(1, window / 2);
      window = threshold;
      timeout.expired();
    }
  }

  /** A place is free again. */
  void release() {
    outstanding--;
  }

  void close() {
    connected = false;
    if (timer != null) {
      timer.cancel();
    }
  }
}
