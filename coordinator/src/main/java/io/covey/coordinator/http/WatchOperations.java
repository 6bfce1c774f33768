package io.covey.coordinator.http;

import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.training.AdminOperations;
import io.covey.coordinator.training.TrainingEvent;
import io.covey.protocols.id.ModelName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.openapi.validation.RequestParameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event stream. Confined to the server's event loop. */
final class WatchOperations {
  private static final Logger LOG = LoggerFactory.getLogger(WatchOperations.class);

  /** How far back a stream that is taken up again begins. */
  private static final int REPLAYED_ROUNDS = 100;

  private final AdminOperations admin;
  private final HttpSettings settings;
  private final Counter cutOff;
  // Atomic only because the gauge reads it from another thread.
  private final AtomicInteger watchers = new AtomicInteger();

  WatchOperations(AdminOperations admin, HttpSettings settings, MeterRegistry meters) {
    this.admin = admin;
    this.settings = settings;
    this.cutOff =
        Counter.builder("covey.http.watchers.cut.off")
            .description("Event streams that ended because their reader was too slow")
            .register(meters);
    Gauge.builder("covey.http.watchers", watchers, AtomicInteger::get)
        .description("Open event streams")
        .strongReference(true)
        .register(meters);
  }

  /** By the operation's id. */
  Map<String, Consumer<Exchange>> handlers() {
    return Map.of("watchTraining", this::watch);
  }

  private void watch(Exchange exchange) {
    RoutingContext rc = exchange.context();
    if (watchers.get() >= settings.load().watchers()) {
      throw ProblemException.busy(
          "There are " + watchers + " watchers, which is as many as are allowed; try again.");
    }
    watchers.incrementAndGet();
    rc.addEndHandler(ended -> watchers.decrementAndGet());
    ModelName name = exchange.model();
    exchange
        .awaitPresent(admin.model(name), Exchange.noModel(name))
        .onSuccess(model -> open(exchange, name))
        .onFailure(rc::fail);
  }

  private void open(Exchange exchange, ModelName name) {
    RoutingContext rc = exchange.context();
    HttpServerResponse response = rc.response();
    if (response.closed()) {
      return;
    }
    EventStream stream =
        new EventStream(
            rc.vertx().getOrCreateContext(),
            response,
            settings.load().watcherBacklog(),
            () -> cutOff(rc));
    // Before the snapshot, so that nothing falls between the two.
    AutoCloseable subscription = admin.watch(name, stream::offer);
    rc.addEndHandler(
        ended -> {
          stream.close();
          close(subscription);
        });
    snapshot(exchange, name).onSuccess(events -> begin(rc, stream, events)).onFailure(rc::fail);
  }

  private Future<List<TrainingEvent>> snapshot(Exchange exchange, ModelName name) {
    Optional<Integer> seen = exchange.header("Last-Event-ID").map(RequestParameter::getInteger);
    int limit = seen.isPresent() ? REPLAYED_ROUNDS : 1;
    return exchange
        .await(admin.training(name))
        .compose(
            job ->
                exchange
                    .await(admin.rounds(name, Integer.MAX_VALUE, limit))
                    .map(
                        rounds -> {
                          List<TrainingEvent> events = new ArrayList<>();
                          job.ifPresent(j -> events.add(new TrainingEvent.OfJob(j)));
                          events.addAll(from(rounds, seen.orElse(0)));
                          return events;
                        }));
  }

  /** The last round that was seen comes again: it may have got on since. */
  private static List<TrainingEvent> from(List<RoundRecord> newestFirst, int number) {
    List<TrainingEvent> events = new ArrayList<>();
    newestFirst.stream()
        .filter(round -> round.number() >= number)
        .forEach(round -> events.add(new TrainingEvent.OfRound(round)));
    Collections.reverse(events);
    return events;
  }

  private void begin(RoutingContext rc, EventStream stream, List<TrainingEvent> snapshot) {
    HttpServerResponse response = rc.response();
    if (response.closed()) {
      return;
    }
    response
        .setChunked(true)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
        .putHeader("X-Accel-Buffering", "no");
    stream.begin(snapshot);
    long timer =
        rc.vertx()
            .setPeriodic(settings.timeouts().heartbeat().toMillis(), id -> stream.heartbeat());
    rc.addEndHandler(ended -> rc.vertx().cancelTimer(timer));
  }

  private void cutOff(RoutingContext rc) {
    cutOff.increment();
    LOG.info("cut off a watcher that read too slowly");
    // Ends the request, and with it the subscription, when what is on its way has been read or the
    // connection has been idle for too long.
    rc.request().connection().close();
  }

  private static void close(AutoCloseable subscription) {
    try {
      subscription.close();
    } catch (Exception e) {
      LOG.warn("cannot close a watcher's subscription", e);
    }
  }
}
