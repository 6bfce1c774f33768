package io.covey.coordinator.http;

import io.covey.protocols.settings.HostPort;
import java.time.Duration;

/**
 * How the files of models are served to devices.
 *
 * @param listen port 0 for any free one
 * @param connections of all devices; more are closed
 * @param connectionsOfDevice more are closed
 * @param requests under way at a time; more are told to come later
 * @param requestsOfDevice the same for each device
 * @param bytesPerSecond to all devices, on average; 0 for no limit
 * @param bytesPerSecondOfDevice the same to each device
 * @param idle a connection on which nothing moves is closed
 * @param drain longest time for a device to take in {@link FileDelivery#SLICE_BYTES}
 */
public record FileDeliverySettings(
    HostPort listen,
    int connections,
    int connectionsOfDevice,
    int requests,
    int requestsOfDevice,
    long bytesPerSecond,
    long bytesPerSecondOfDevice,
    Duration idle,
    Duration drain) {

  public FileDeliverySettings {
    if (connections < 1 || connectionsOfDevice < 1 || requests < 1 || requestsOfDevice < 1) {
      throw new IllegalArgumentException(
          "connections and requests, in all and of a device, are each at least 1");
    }
    if (bytesPerSecond < 0 || bytesPerSecondOfDevice < 0) {
      throw new IllegalArgumentException(
          "rates of %d and %d bytes a second, expected 0 or more"
              .formatted(bytesPerSecond, bytesPerSecondOfDevice));
    }
    if (idle.toMillis() < 1 || drain.toMillis() < 1) {
      throw new IllegalArgumentException("idle and drain are each at least a millisecond");
    }
  }

  /** 2000 connections, 4 of a device; 256 requests, 2 of a device; no rates; half a minute. */
  public static FileDeliverySettings at(HostPort listen) {
    return new FileDeliverySettings(
        listen, 2000, 4, 256, 2, 0, 0, Duration.ofSeconds(30), Duration.ofSeconds(30));
  }

  /** The same with other bounds on what all devices take together. */
  public FileDeliverySettings withTotals(int newConnections, int newRequests) {
    return new FileDeliverySettings(
        listen,
        newConnections,
        connectionsOfDevice,
        newRequests,
        requestsOfDevice,
        bytesPerSecond,
        bytesPerSecondOfDevice,
        idle,
        drain);
  }

  /** The same with other rates; 0 for no limit. */
  public FileDeliverySettings withRates(long newBytesPerSecond, long newBytesPerSecondOfDevice) {
    return new FileDeliverySettings(
        listen,
        connections,
        connectionsOfDevice,
        requests,
        requestsOfDevice,
        newBytesPerSecond,
        newBytesPerSecondOfDevice,
        idle,
        drain);
  }

  /** The same with other times. */
  public FileDeliverySettings withTimes(Duration newIdle, Duration newDrain) {
    return new FileDeliverySettings(
        listen,
        connections,
        connectionsOfDevice,
        requests,
        requestsOfDevice,
        bytesPerSecond,
        bytesPerSecondOfDevice,
        newIdle,
        newDrain);
  }
}
