package io.covey.edgeagent.mqtt;

import java.time.Duration;

/**
 * How artifacts are fetched.
 *
 * @param maximumArtifactBytes larger ones are refused before anything is fetched
 * @param maximumTransfers artifacts that are collected at the same time; others wait
 * @param progressTimeout how long the first block may take; later ones are given what those before
 *     took, and some more
 * @param firstBackoff upper bound of the first random wait after nothing has come; doubles each
 *     time
 * @param longestBackoff where the doubling ends, and the longest time a block is given
 * @param maximumFailures wrong digests, wrong copies of one block, and refusals for want of room,
 *     before an artifact is given up
 * @param window most blocks that are asked for at a time
 * @param bytesPerSecond asked for on average; 0 for no limit
 */
public record FetchSettings(
    long maximumArtifactBytes,
    int maximumTransfers,
    Duration progressTimeout,
    Duration firstBackoff,
    Duration longestBackoff,
    int maximumFailures,
    int window,
    long bytesPerSecond) {
  private static final int LARGEST_WINDOW = 32;
  private static final Duration LONGEST = Duration.ofHours(1);

  public static final FetchSettings DEFAULT =
      new FetchSettings(
          64L * 1024 * 1024,
          4,
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          3,
          8,
          0);

  public FetchSettings {
    if (maximumArtifactBytes < 1 || maximumTransfers < 1 || maximumFailures < 1) {
      throw new IllegalArgumentException(
          "the largest artifact, the transfers and the failures are each at least 1");
    }
    if (window < 1 || window > LARGEST_WINDOW) {
      throw new IllegalArgumentException(
          "window of " + window + " blocks, expected 1 to " + LARGEST_WINDOW);
    }
    if (bytesPerSecond < 0) {
      throw new IllegalArgumentException(
          "rate of " + bytesPerSecond + " bytes a second, expected 0 or more");
    }
    requireDuration("progress timeout", progressTimeout);
    requireDuration("first backoff", firstBackoff);
    requireDuration("longest backoff", longestBackoff);
  }

  /** The same with another window and rate. */
  public FetchSettings withFlow(int newWindow, long newBytesPerSecond) {
    return new FetchSettings(
        maximumArtifactBytes,
        maximumTransfers,
        progressTimeout,
        firstBackoff,
        longestBackoff,
        maximumFailures,
        newWindow,
        newBytesPerSecond);
  }

  private static void requireDuration(String what, Duration value) {
    if (value.isZero() || value.isNegative() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          what + " is " + value + ", expected more than zero, at most " + LONGEST);
    }
  }
}
