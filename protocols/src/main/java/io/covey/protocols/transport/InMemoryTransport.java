package io.covey.protocols.transport;

import io.covey.protocols.time.Scheduler.Timer;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.transport.PublishException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One client of an {@link InMemoryNetwork}. It behaves as {@code PahoTransport} does towards its
 * listener, except that an exception from the listener is not swallowed: it fails the simulation.
 */
final class InMemoryTransport implements MqttTransport {
  private static final int WINDOW = 32;

  private enum State {
    NEW,
    WAITING,
    CONNECTING,
    CONNECTED,
    CLOSED
  }

  private final InMemoryNetwork network;
  private final InMemoryBroker broker;
  private final VirtualTime time;
  private final TransportSettings settings;
  private final Backoff backoff;
  private final Outbox<PendingPublication> outbox;
  private final Map<String, QualityOfService> subscriptions = new LinkedHashMap<>();
  private final Set<String> unsubscribed = new LinkedHashSet<>();
  private final TrafficTally traffic = new TrafficTally();
  private State state = State.NEW;
  private Instant connectedSince = Instant.MIN;
  private @Nullable Listener listener;
  private @Nullable InMemoryConnection connection;
  private @Nullable Timer timer;

  InMemoryTransport(InMemoryNetwork network, InMemoryBroker broker, TransportSettings settings) {
    this.network = network;
    this.broker = broker;
    this.time = network.time();
    this.settings = settings;
    this.backoff = new Backoff(settings.backoff(), network.random());
    this.outbox = new Outbox<>(settings.outbox());
  }

  TransportSettings settings() {
    return settings;
  }

  @Override
  public void open(Listener newListener) {
    if (state != State.NEW) {
      throw new IllegalStateException("a transport is opened once; this one is " + state);
    }
    listener = newListener;
    connect();
  }

  @Override
  public void subscribe(String filter, QualityOfService qos) {
    TopicSyntax.checkFilter(filter);
    subscriptions.put(filter, qos);
    unsubscribed.remove(filter);
    InMemoryConnection link = connection;
    if (state == State.CONNECTED && link != null) {
      link.toBroker().control(() -> broker.subscribe(link, this, Map.of(filter, qos), true));
    }
  }

  @Override
  public void unsubscribe(String filter) {
    if (subscriptions.remove(filter) == null) {
      return;
    }
    unsubscribed.add(filter);
    InMemoryConnection link = connection;
    if (state == State.CONNECTED && link != null) {
      sendUnsubscribe(link, filter);
    }
  }

  @Override
  public CompletionStage<Void> publish(Publication publication) {
    TopicSyntax.checkTopic(publication.topic());
    PendingPublication pending = new PendingPublication(publication);
    Reason refusal = refusal(publication, pending);
    if (refusal != null) {
      time.execute(() -> pending.fail(refusal, settings));
    } else {
      pump();
    }
    return pending.stage();
  }

  @Override
  public TrafficCounters counters() {
    return traffic.snapshot();
  }

  @Override
  public void close() {
    InMemoryConnection link = connection;
    boolean connected = state == State.CONNECTED;
    end();
    if (connected && link != null) {
      // What waits goes out before the DISCONNECT; its answers are not waited for.
      outbox.requeueInFlight();
      pumpInto(link, Integer.MAX_VALUE);
      link.toBroker().control(() -> leave(link));
    } else if (link != null) {
      link.close();
    }
    failAll();
  }

  /** The device is gone without a word: no DISCONNECT, and its will is due. */
  void kill() {
    InMemoryConnection link = connection;
    end();
    if (link != null) {
      link.cut("the client is gone");
    }
    failAll();
  }

  /** Breaks the connection, if there is one. */
  void cut(String reason) {
    if (connection != null) {
      connection.cut(reason);
    }
  }

  /** A CONNACK has arrived. */
  void onAccepted(InMemoryConnection link, boolean sessionPresent) {
    if (link != connection) {
      return;
    }
    if (sessionPresent) {
      unsubscribed.forEach(filter -> sendUnsubscribe(link, filter));
    } else {
      unsubscribed.clear();
    }
    Map<String, QualityOfService> filters = new LinkedHashMap<>(subscriptions);
    link.toBroker()
        .control(
            () -> {
              broker.subscribe(link, this, filters, false);
              link.toClient().control(() -> onSubscribed(link, sessionPresent, filters));
            });
  }

  /** A message has arrived. */
  void onMessage(InboundMessage message) {
    if (listener != null && state != State.CLOSED) {
      traffic.received(message.payload());
      listener.onMessage(message);
    }
  }

  private void connect() {
    state = State.CONNECTING;
    InMemoryConnection link = network.newConnection(this, this::onCut);
    connection = link;
    timer = time.schedule(settings.connectTimeout(), () -> link.cut("no answer to CONNECT"));
    link.toBroker().control(() -> network.accept(link, this));
  }

  private void onSubscribed(
      InMemoryConnection link, boolean sessionPresent, Map<String, QualityOfService> filters) {
    if (link != connection || listener == null) {
      return;
    }
    cancelTimer();
    state = State.CONNECTED;
    connectedSince = time.now();
    // Asked for while the SUBSCRIBE was on its way.
    Map<String, QualityOfService> late = new LinkedHashMap<>(subscriptions);
    late.keySet().removeAll(filters.keySet());
    if (!late.isEmpty()) {
      link.toBroker().control(() -> broker.subscribe(link, this, late, true));
    }
    listener.onConnected(sessionPresent);
    pump();
  }

  private void onCut(InMemoryConnection link, String reason) {
    broker.disconnected(link, this, true);
    time.execute(() -> onLost(link, reason));
  }

  private void onLost(InMemoryConnection link, String reason) {
    if (link != connection || state == State.CLOSED) {
      return;
    }
    boolean wasConnected = state == State.CONNECTED;
    connection = null;
    cancelTimer();
    state = State.WAITING;
    outbox.requeueInFlight();
    outbox
        .takeIf(p -> p.publication().qos() == QualityOfService.AT_MOST_ONCE)
        .forEach(pending -> pending.fail(Reason.NOT_CONNECTED, settings));
    if (wasConnected) {
      backoff.connectionLasted(Duration.between(connectedSince, time.now()));
    }
    timer = time.schedule(backoff.next(), this::connect);
    if (wasConnected && listener != null) {
      listener.onDisconnected(reason);
    }
  }

  private @Nullable Reason refusal(Publication publication, PendingPublication pending) {
    int size = publication.payload().size();
    if (state == State.CLOSED) {
      return Reason.CLOSED;
    }
    if (size > settings.maximumMessageBytes()) {
      return Reason.TOO_LARGE;
    }
    if (publication.qos() == QualityOfService.AT_MOST_ONCE && state != State.CONNECTED) {
      return Reason.NOT_CONNECTED;
    }
    return outbox.offer(pending, size) ? null : Reason.OUTBOX_FULL;
  }

  private void pump() {
    if (state == State.CONNECTED && connection != null) {
      pumpInto(connection, WINDOW);
    }
  }

  private void pumpInto(InMemoryConnection link, int window) {
    PendingPublication next = outbox.sendNext(window);
    while (next != null) {
      traffic.sent(next.publication().payload());
      send(link, next);
      next = outbox.sendNext(window);
    }
  }

  private void send(InMemoryConnection link, PendingPublication pending) {
    Publication publication = pending.publication();
    if (publication.qos() == QualityOfService.AT_MOST_ONCE) {
      link.toBroker().unreliable(() -> broker.publish(settings.clientId(), publication));
      outbox.acknowledge(pending);
      time.execute(pending::succeed);
    } else {
      link.toBroker().reliable(() -> onReachedBroker(link, pending));
    }
  }

  private void onReachedBroker(InMemoryConnection link, PendingPublication pending) {
    broker.publish(settings.clientId(), pending.publication());
    link.toClient()
        .acknowledgement(() -> onAcknowledged(link, pending), () -> resend(link, pending));
  }

  private void onAcknowledged(InMemoryConnection link, PendingPublication pending) {
    if (link == connection && outbox.acknowledge(pending)) {
      pending.succeed();
      pump();
    }
  }

  private void resend(InMemoryConnection link, PendingPublication pending) {
    if (link == connection && outbox.isInFlight(pending)) {
      network.tally().duplicated++;
      send(link, pending);
    }
  }

  private void sendUnsubscribe(InMemoryConnection link, String filter) {
    link.toBroker()
        .control(
            () -> {
              broker.unsubscribe(link, this, filter);
              link.toClient().control(() -> unsubscribed.remove(filter));
            });
  }

  private void leave(InMemoryConnection link) {
    broker.disconnected(link, this, false);
    link.close();
  }

  private void end() {
    state = State.CLOSED;
    cancelTimer();
    connection = null;
    listener = null;
  }

  private void failAll() {
    for (PendingPublication pending : outbox.drain()) {
      time.execute(() -> pending.fail(Reason.CLOSED, settings));
    }
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
