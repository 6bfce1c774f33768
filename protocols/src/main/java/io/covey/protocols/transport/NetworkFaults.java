package io.covey.protocols.transport;

import java.time.Duration;

/**
 * What a simulated link does to messages, each way.
 *
 * @param lossProbability that one transmission is lost. At QoS 0 the message is gone; at QoS 1 it
 *     is sent again a second later, and a lost acknowledgement makes a duplicate
 * @param minimumDelay of a transmission
 * @param maximumDelay of a transmission; the delay is uniform between the two
 * @param duplicationProbability that a message at QoS 1 arrives twice
 * @param reordering whether a message may overtake another; if not, they arrive in order
 */
public record NetworkFaults(
    double lossProbability,
    Duration minimumDelay,
    Duration maximumDelay,
    double duplicationProbability,
    boolean reordering) {

  /** A perfect link: everything arrives once, in order, in no time. */
  public static final NetworkFaults NONE =
      new NetworkFaults(0, Duration.ZERO, Duration.ZERO, 0, false);

  public NetworkFaults {
    checkProbability("loss probability", lossProbability);
    checkProbability("duplication probability", duplicationProbability);
    if (minimumDelay.isNegative() || maximumDelay.compareTo(minimumDelay) < 0) {
      throw new IllegalArgumentException(
          "delay from " + minimumDelay + " to " + maximumDelay + ", expected 0 or more, in order");
    }
  }

  public NetworkFaults withLoss(double probability) {
    return new NetworkFaults(
        probability, minimumDelay, maximumDelay, duplicationProbability, reordering);
  }

  public NetworkFaults withDelay(Duration minimum, Duration maximum) {
    return new NetworkFaults(lossProbability, minimum, maximum, duplicationProbability, reordering);
  }

  public NetworkFaults withDuplication(double probability) {
    return new NetworkFaults(lossProbability, minimumDelay, maximumDelay, probability, reordering);
  }

  public NetworkFaults withReordering(boolean mayOvertake) {
    return new NetworkFaults(
        lossProbability, minimumDelay, maximumDelay, duplicationProbability, mayOvertake);
  }

  private static void checkProbability(String what, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(what + " is " + value + ", expected 0 to 1");
    }
  }
}
