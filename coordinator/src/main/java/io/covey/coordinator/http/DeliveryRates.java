package io.covey.coordinator.http;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.time.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How fast files go out, to all devices and to each. Remembers devices that have gone, as many as
 * {@link #REMEMBERED}, so that coming again gives nobody more. Confined to the server's event loop.
 */
final class DeliveryRates {
  private static final int REMEMBERED = 16_384;

  private final Instant origin = Instant.EPOCH;
  private final long originNanos = System.nanoTime();
  private final long bytesPerSecondOfDevice;
  private final RateLimit all;
  private final Map<AgentId, RateLimit> devices =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AgentId, RateLimit> eldest) {
          return size() > REMEMBERED;
        }
      };

  DeliveryRates(FileDeliverySettings settings) {
    this.bytesPerSecondOfDevice = settings.bytesPerSecondOfDevice();
    this.all = RateLimit.of(settings.bytesPerSecond(), origin);
  }

  /**
   * Takes {@code bytes} for a device, if they may go out now.
   *
   * @return empty when they may; otherwise how long to wait before asking again
   */
  Optional<Duration> take(AgentId device, int bytes) {
    Instant now = origin.plusNanos(System.nanoTime() - originNanos);
    Duration wait = all.wait(bytes, now);
    if (bytesPerSecondOfDevice > 0) {
      RateLimit own =
          devices.computeIfAbsent(device, id -> RateLimit.of(bytesPerSecondOfDevice, now));
      Duration ownWait = own.wait(bytes, now);
      wait = ownWait.compareTo(wait) > 0 ? ownWait : wait;
      if (wait.isZero()) {
        own.take(bytes, now);
      }
    }
    if (!wait.isZero()) {
      return Optional.of(wait);
    }
    all.take(bytes, now);
    return Optional.empty();
  }
}
