package io.covey.coordinator.training;

import io.covey.coordinator.delivery.DeliverySettings;
import io.covey.coordinator.release.Lifetimes;
import java.time.Duration;

/**
 * Bounds on what training, delivery and releases may take of the coordinator.
 *
 * @param inFlightBytes of updates that have begun to arrive and are not in the sum yet, a round
 * @param failedRoundsInRow after which a job stops
 * @param retryDelay before the round after a failed one; grows with each failure in a row
 * @param publishedVersions how many versions' files stay with the broker, at least 1
 * @param maximumModelBytes of an uploaded file
 * @param delivery how files reach agents
 * @param releases how long what says what is released holds
 */
public record RoundLimits(
    long inFlightBytes,
    int failedRoundsInRow,
    Duration retryDelay,
    int publishedVersions,
    int maximumModelBytes,
    DeliverySettings delivery,
    Lifetimes releases) {
  public RoundLimits {
    if (inFlightBytes < 1
        || failedRoundsInRow < 1
        || retryDelay.isNegative()
        || publishedVersions < 1
        || maximumModelBytes < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }

  /** 256 MiB in flight, 5 failures in a row, one second, 2 versions, 256 MiB, both standards. */
  public static RoundLimits standard() {
    return new RoundLimits(
        256L << 20,
        5,
        Duration.ofSeconds(1),
        2,
        256 << 20,
        DeliverySettings.standard(),
        Lifetimes.STANDARD);
  }
}
