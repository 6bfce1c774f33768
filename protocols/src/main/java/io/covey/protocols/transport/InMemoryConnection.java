package io.covey.protocols.transport;

import io.covey.protocols.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One connection of one client to the broker of an {@link InMemoryNetwork}: two directions, each
 * with the faults that the network has for the client at the moment of sending. What is on its way
 * when the connection is cut never arrives.
 */
final class InMemoryConnection {
  /** A transmission that is lost is noticed and repeated after this long. */
  static final Duration REPEAT_AFTER = Duration.ofSeconds(1);

  /** After this many losses of one transmission in a row the connection is given up. */
  static final int LOSSES_IN_A_ROW = 15;

  /** What the two ends hear when the connection ends for another reason than a DISCONNECT. */
  interface Ends {
    void onCut(InMemoryConnection connection, String reason);
  }

  private final VirtualTime time;
  private final RandomGenerator random;
  private final Supplier<NetworkFaults> faults;
  private final TransportTally tally;
  private final Ends ends;
  private final Direction toBroker = new Direction();
  private final Direction toClient = new Direction();
  private boolean open = true;

  InMemoryConnection(InMemoryNetwork network, Supplier<NetworkFaults> faults, Ends ends) {
    this.time = network.time();
    this.random = network.random();
    this.tally = network.tally();
    this.faults = faults;
    this.ends = ends;
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

  /** Ends the connection without a word to anybody. */
  void close() {
    open = false;
  }

  /** Breaks the connection; both ends hear of it. */
  void cut(String reason) {
    if (open) {
      open = false;
      ends.onCut(this, reason);
    }
  }

  /** One way of the connection. */
  final class Direction {
    private Instant lastArrival = Instant.MIN;

    /** A control packet: repeated until it arrives, and never overtaking another packet. */
    void control(Runnable arrive) {
      carry(InMemoryConnection::nothing, false, arrive);
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
      carry(InMemoryConnection::nothing, reordering, arrive);
      if (chance(faults.get().duplicationProbability())) {
        tally.duplicated++;
        carry(InMemoryConnection::nothing, reordering, arrive);
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
      if (!mayOvertake && arrival.isBefore(lastArrival)) {
        arrival = lastArrival;
      }
      if (arrival.isAfter(lastArrival)) {
        lastArrival = arrival;
      }
      time.schedule(Duration.between(time.now(), arrival), ifOpen(arrive));
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
