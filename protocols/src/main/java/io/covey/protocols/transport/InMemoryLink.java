package io.covey.protocols.transport;

import io.covey.protocols.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One connection of one client to the broker of an {@link InMemoryNetwork}: two directions, each
 * with the faults that the network has for the client at the moment of sending. What is on its way
 * when the connection is cut never arrives.
 */
final class InMemoryLink {
  /** A transmission that is lost is noticed and repeated after this long. */
  static final Duration REPEAT_AFTER = Duration.ofSeconds(1);

  /** After this many losses of one transmission in a row the connection is given up. */
  static final int LOSSES_IN_A_ROW = 15;

  private final VirtualTime time;
  private final RandomGenerator random;
  private final Supplier<NetworkFaults> faults;
  private final TransportTally tally;
  private final Consumer<String> onCut;
  private final Direction toBroker = new Direction();
  private final Direction toClient = new Direction();
  private boolean open = true;

  /**
   * @param onCut hears why, when the link is broken
   */
  InMemoryLink(InMemoryNetwork network, Supplier<NetworkFaults> faults, Consumer<String> onCut) {
    this.time = network.time();
    this.random = network.random();
    this.tally = network.tally();
    this.faults = faults;
    this.onCut = onCut;
  }

  Direction toBroker() {
    return toBroker;
  }

  Direction toClient() {
    return toClient;
  }

  boolean isOpen() {
    return open;
  }

  /** Ends the link without a word to anybody. */
  void close() {
    open = false;
  }

  /** Breaks the link. */
  void cut(String reason) {
    if (open) {
      open = false;
      onCut.accept(reason);
    }
  }

  /** One way of the connection. */
  final class Direction {
    private final Deque<Runnable> inOrder = new ArrayDeque<>();
    private Instant lastArrival = Instant.MIN;

    /** A control packet: repeated until it arrives, and never overtaking another packet. */
    void control(Runnable arrive) {
      carry(InMemoryLink::nothing, false, arrive);
    }

    /** A message at QoS 0: arrives once or never. */
    void unreliable(Runnable arrive) {
      NetworkFaults now = faults.get();
      if (chance(now.lossProbability())) {
        tally.lost++;
      } else {
        arriveAfter(delay(now), now.reordering(), arrive);
      }
    }

    /** A message at QoS 1: arrives at least once while the connection stands. */
    void reliable(Runnable arrive) {
      boolean reordering = faults.get().reordering();
      carry(InMemoryLink::nothing, reordering, arrive);
      if (chance(faults.get().duplicationProbability())) {
        tally.duplicated++;
        carry(InMemoryLink::nothing, reordering, arrive);
      }
    }

    /**
     * The acknowledgement of a message at QoS 1.
     *
     * @param whenLost makes the other end send its message again
     */
    void acknowledgement(Runnable arrive, Runnable whenLost) {
      carry(whenLost, faults.get().reordering(), arrive);
    }

    private void carry(Runnable whenLost, boolean mayOvertake, Runnable arrive) {
      NetworkFaults now = faults.get();
      Duration delay = delay(now);
      int losses = 0;
      while (chance(now.lossProbability())) {
        tally.lost++;
        losses++;
        if (losses == LOSSES_IN_A_ROW) {
          time.schedule(REPEAT_AFTER.multipliedBy(losses), () -> cut("nothing gets through"));
          return;
        }
        time.schedule(REPEAT_AFTER.multipliedBy(losses), ifOpen(whenLost));
      }
      arriveAfter(delay.plus(REPEAT_AFTER.multipliedBy(losses)), mayOvertake, arrive);
    }

    private void arriveAfter(Duration delay, boolean mayOvertake, Runnable arrive) {
      Instant arrival = time.now().plus(delay);
      lastArrival = arrival.isAfter(lastArrival) ? arrival : lastArrival;
      if (mayOvertake) {
        time.schedule(delay, ifOpen(arrive));
        return;
      }
      // A queue of its own: tasks of one instant may run in any order.
      inOrder.add(arrive);
      time.schedule(
          Duration.between(time.now(), lastArrival), ifOpen(() -> inOrder.remove().run()));
    }

    private Runnable ifOpen(Runnable action) {
      return () -> {
        if (open) {
          action.run();
        }
      };
    }
  }

  private boolean chance(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  private Duration delay(NetworkFaults now) {
    long spread = now.maximumDelay().minus(now.minimumDelay()).toNanos();
    return spread == 0 ? now.minimumDelay() : now.minimumDelay().plusNanos(random.nextLong(spread));
  }

  private static void nothing() {}
}
