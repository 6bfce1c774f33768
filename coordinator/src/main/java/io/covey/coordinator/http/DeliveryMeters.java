package io.covey.coordinator.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** What {@code /metrics} shows of files over HTTPS. Labels that no device can multiply. */
final class DeliveryMeters {
  private final MeterRegistry registry;
  private final AtomicInteger connections = new AtomicInteger();
  private final Counter bytes;

  DeliveryMeters(MeterRegistry registry) {
    this.registry = registry;
    this.bytes =
        Counter.builder("covey.delivery.https.bytes")
            .description("Bytes of files handed to connections of devices")
            .register(registry);
    Gauge.builder("covey.delivery.https.connections", connections, AtomicInteger::get)
        .description("Open connections of devices that fetch files")
        .strongReference(true)
        .register(registry);
  }

  void opened() {
    connections.incrementAndGet();
  }

  void closed() {
    connections.decrementAndGet();
  }

  int open() {
    return connections.get();
  }

  /**
   * A connection was closed.
   *
   * @param reason one of few
   */
  void refused(String reason) {
    registry.counter("covey.delivery.https.refused", "reason", reason).increment();
  }

  void answered(int status) {
    registry.counter("covey.delivery.https.requests", "code", Integer.toString(status)).increment();
  }

  void sent(int count) {
    bytes.increment(count);
  }
}
