package io.covey.coordinator.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.spi.observability.HttpRequest;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.util.EnumSet;
import java.util.Set;

/** Metrics of the HTTP server, with labels that no caller can multiply. */
public final class HttpMetrics {
  private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT");

  /**
   * Gauges that Vert.x registers again with every connection and request, which Micrometer warns
   * about. {@link ConnectionGate} and {@link WatchOperations} have gauges of their own.
   */
  private static final String ACTIVE = "vertx.http.server.active";

  private HttpMetrics() {}

  /** Begins a Vert.x instance that counts and times into {@code registry}. */
  public static VertxBuilder meteredVertx(MeterRegistry registry) {
    registry.config().meterFilter(MeterFilter.denyNameStartsWith(ACTIVE));
    MicrometerMetricsOptions metrics =
        new MicrometerMetricsOptions()
            .setEnabled(true)
            .setLabels(
                EnumSet.of(Label.HTTP_CODE, Label.HTTP_ROUTE, Label.POOL_TYPE, Label.POOL_NAME))
            .setServerRequestTagsProvider(HttpMetrics::tags)
            .addDisabledMetricsCategory(MetricsDomain.EVENT_BUS)
            .addDisabledMetricsCategory(MetricsDomain.HTTP_CLIENT);
    return Vertx.builder()
        .with(new VertxOptions().setMetricsOptions(metrics))
        .withMetrics(new MicrometerMetricsFactory(registry));
  }

  /** Anybody may make up a method, so only those of the contract have a label of their own. */
  private static Tags tags(HttpRequest request) {
    String method = request.method().name();
    return Tags.of("method", METHODS.contains(method) ? method : "OTHER");
  }
}
