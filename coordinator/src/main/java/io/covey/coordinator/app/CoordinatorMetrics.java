package io.covey.coordinator.app;

import io.covey.coordinator.fleet.FleetTotals;
import io.covey.coordinator.round.RefusalReason;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.training.CoordinatorCore;
import io.covey.coordinator.training.TrainingEvent;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.transport.MqttTransport;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What {@code /metrics} shows of fleet and training. Labels name models and reasons, never agents.
 */
final class CoordinatorMetrics {
  private static final Duration REFRESH = Duration.ofSeconds(5);

  private final MeterRegistry registry;
  private final Map<String, Double> accuracy = new ConcurrentHashMap<>();
  private volatile FleetTotals totals = new FleetTotals(0, 0, 0, 0, 0);

  CoordinatorMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Called once, on the owner's thread. */
  void bind(
      CoordinatorCore core, Scheduler scheduler, MqttTransport mqtt, RefusedMessages refused) {
    gauge("covey.agents.known", "Agents ever heard of", () -> totals.knownAgents());
    gauge("covey.agents.online", "Agents online now", () -> totals.onlineAgents());
    gauge(
        "covey.agents.inferences",
        "Inferences answered by online and past agents, since each one's start",
        () -> totals.inferences());
    counter("covey.mqtt.sent.bytes", mqtt, m -> m.counters().bytesSent(), Tags.empty());
    counter("covey.mqtt.received.bytes", mqtt, m -> m.counters().bytesReceived(), Tags.empty());
    for (DecodeException.Kind kind : DecodeException.Kind.values()) {
      counter("covey.messages.refused", refused, r -> r.count(kind), Tags.of("kind", label(kind)));
    }
    counter("covey.messages.stale", refused, r -> r.stale(), Tags.empty());
    for (RefusalReason reason : RefusalReason.values()) {
      counter(
          "covey.updates.refused",
          core,
          c -> c.refusals().count(reason),
          Tags.of("reason", label(reason)));
    }
    gauge(
        "covey.keys.epoch",
        "Epoch of the fleet's key, from 1: it rises when a member is revoked or replaced",
        () -> core.keys().epoch());
    counter("covey.keys.refused", core, c -> c.keys().refusals(), Tags.empty());
    var unused = core.watchAll(this::count);
    refresh(core, scheduler);
  }

  private void refresh(CoordinatorCore core, Scheduler scheduler) {
    totals = core.fleetTotals();
    var unused = scheduler.schedule(REFRESH, () -> refresh(core, scheduler));
  }

  private void count(TrainingEvent event) {
    if (event instanceof TrainingEvent.OfRound ofRound
        && ofRound.round().state() != RoundRecord.State.RUNNING) {
      count(ofRound.round());
    }
  }

  private void count(RoundRecord round) {
    Tags model = Tags.of("model", round.model().value());
    String outcome = round.failure().map(CoordinatorMetrics::label).orElse("committed");
    registry.counter("covey.rounds", model.and("outcome", outcome)).increment();
    registry
        .counter("covey.round.bytes", model.and("direction", "down"))
        .increment((double) round.bytesDown());
    registry
        .counter("covey.round.bytes", model.and("direction", "up"))
        .increment((double) round.bytesUp());
    registry.counter("covey.round.reports", model).increment(round.reported());
    round
        .dropped()
        .forEach(
            (reason, count) ->
                registry
                    .counter("covey.round.drops", model.and("reason", label(reason)))
                    .increment(count));
    round
        .endedAt()
        .ifPresent(
            end ->
                registry
                    .timer("covey.round.duration", model)
                    .record(Duration.between(round.startedAt(), end)));
    round
        .outcome()
        .ifPresent(
            achieved -> {
              if (accuracy.put(round.model().value(), achieved.heldOutAccuracy()) == null) {
                Gauge.builder(
                        "covey.model.heldout.accuracy",
                        accuracy,
                        all -> all.getOrDefault(round.model().value(), Double.NaN))
                    .description("Accuracy of the newest version on held-out examples, 0 to 1")
                    .tags(model)
                    .register(registry);
              }
            });
  }

  private void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(registry);
  }

  private <T> void counter(String name, T source, ToDoubleFunction<T> value, Tags tags) {
    FunctionCounter.builder(name, source, value).tags(tags).register(registry);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
