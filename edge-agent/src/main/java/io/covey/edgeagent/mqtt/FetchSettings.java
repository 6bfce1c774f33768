package io.covey.edgeagent.mqtt;

import java.time.Duration;

/**
 * How artifacts are fetched.
 *
 * @param maximumArtifactBytes larger ones are refused before anything is fetched
 * @param maximumTransfers artifacts that are collected at the same time; others wait
 * @param progressTimeout without a new chunk for so long, the subscription is renewed
 * @param firstBackoff upper bound of the first random wait before that; doubles each time
 * @param longestBackoff where the doubling ends
 * @param maximumFailures wrong digests and storage errors of one artifact before it is given up
 */
public record FetchSettings(
    long maximumArtifactBytes,
    int maximumTransfers,
    Duration progressTimeout,
    Duration firstBackoff,
    Duration longestBackoff,
    int maximumFailures) {

  public static final FetchSettings DEFAULT =
      new FetchSettings(
          64L * 1024 * 1024,
          4,
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          3);

  public FetchSettings {
    if (maximumArtifactBytes < 1 || maximumTransfers < 1 || maximumFailures < 1) {
      throw new IllegalArgumentException(
          "the largest artifact, the transfers and the failures are each at least 1");
    }
    requirePositive("progress timeout", progressTimeout);
    requirePositive("first backoff", firstBackoff);
    requirePositive("longest backoff", longestBackoff);
  }

  private static void requirePositive(String what, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(what + " is " + value + ", expected more than zero");
    }
  }
}
