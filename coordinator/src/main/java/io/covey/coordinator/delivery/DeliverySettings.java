package io.covey.coordinator.delivery;

import java.time.Duration;

/**
 * How files reach agents.
 *
 * @param mode where agents find blocks first; requests are answered in either
 * @param bytesPerSecond of answers to requests, on average; 0 for no limit
 * @param bytesPerSecondOfAgent the same of what one agent has asked for first; 0 for no limit
 * @param gathering how long a request waits for others of the same block, to be answered together
 */
public record DeliverySettings(
    Mode mode, long bytesPerSecond, long bytesPerSecondOfAgent, Duration gathering) {

  /** Where agents find blocks first. */
  public enum Mode {
    /** With the broker, which retains them: the coordinator sends each once. */
    RETAINED,
    /**
     * Nowhere: agents ask the coordinator. For brokers whose room for retained messages is dear.
     */
    ON_REQUEST
  }

  private static final Duration LONGEST = Duration.ofMinutes(1);

  public DeliverySettings {
    if (bytesPerSecond < 0 || bytesPerSecondOfAgent < 0) {
      throw new IllegalArgumentException(
          "rates of %d and %d bytes a second, expected 0 or more"
              .formatted(bytesPerSecond, bytesPerSecondOfAgent));
    }
    if (gathering.isNegative() || gathering.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "gathering takes " + gathering + ", expected 0 to " + LONGEST);
    }
  }

  /** Retained, without limits, requests gathered for a tenth of a second. */
  public static DeliverySettings standard() {
    return new DeliverySettings(Mode.RETAINED, 0, 0, Duration.ofMillis(100));
  }
}
