package io.covey.protocols.transport;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The client's end of one connection to the broker of an {@link InMemoryNetwork}. The broker's
 * thread and the owner's are the same, but what one says reaches the other only over the link.
 */
final class InMemoryConnection implements BrokerConnection {
  private static final int WINDOW = 32;

  private final TransportSettings settings;
  private final InMemoryNetwork network;
  private final InMemoryBroker broker;
  private final Events events;
  private final InMemoryLink link;
  private final Set<PendingPublication> unanswered =
      Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean alive = true;

  InMemoryConnection(
      TransportSettings settings,
      InMemoryNetwork network,
      Supplier<NetworkFaults> faults,
      Events events) {
    this.settings = settings;
    this.network = network;
    this.broker = network.broker();
    this.events = events;
    this.link = new InMemoryLink(network, faults, this::onCut);
  }

  TransportSettings settings() {
    return settings;
  }

  InMemoryLink link() {
    return link;
  }

  @Override
  public void connect() {
    link.toBroker().control(() -> network.accept(this));
  }

  /** A CONNACK has arrived. */
  void onAccepted(boolean sessionPresent) {
    if (alive) {
      events.onAccepted(this, sessionPresent);
    }
  }

  @Override
  public void subscribe(
      Map<String, QualityOfService> filters, boolean retainedAlways, Runnable done) {
    if (filters.isEmpty()) {
      done.run();
      return;
    }
    // In the order given: that of Map.copyOf differs from one JVM to the next.
    Map<String, QualityOfService> sent = new LinkedHashMap<>(filters);
    link.toBroker()
        .control(
            () -> {
              broker.subscribe(this, sent, retainedAlways);
              answer(done);
            });
  }

  @Override
  public void unsubscribe(String filter, Runnable done) {
    link.toBroker()
        .control(
            () -> {
              broker.unsubscribe(this, filter);
              answer(done);
            });
  }

  @Override
  public int window() {
    return WINDOW;
  }

  @Override
  public boolean takes(Publication publication) {
    return true;
  }

  @Override
  public void publish(PendingPublication pending) {
    if (pending.publication().qos() == QualityOfService.AT_MOST_ONCE) {
      link.toBroker().unreliable(() -> reachBroker(pending));
      network.time().execute(() -> published(pending));
    } else {
      unanswered.add(pending);
      send(pending);
    }
  }

  @Override
  public Duration keepAlive() {
    return settings.keepAlive();
  }

  /** The link says by itself when it is broken. */
  @Override
  public Duration silence() {
    return Duration.ZERO;
  }

  @Override
  public boolean isConnected() {
    return link.isOpen();
  }

  @Override
  public void abort() {
    alive = false;
    if (link.isOpen()) {
      link.close();
      broker.disconnected(this, true);
    }
  }

  /** Waits for nothing: under virtual time nobody may. */
  @Override
  public void disconnect(Duration timeout, boolean willDue) {
    alive = false;
    link.toBroker()
        .control(
            () -> {
              link.close();
              broker.disconnected(this, willDue);
            });
  }

  /** A message has arrived. */
  void onMessage(String topic, ByteString payload, boolean retained, Runnable acknowledge) {
    if (alive) {
      events.onMessage(new InboundMessage(topic, payload, retained, acknowledge));
    }
  }

  private void send(PendingPublication pending) {
    link.toBroker()
        .reliable(
            () -> {
              reachBroker(pending);
              link.toClient().acknowledgement(() -> onAnswer(pending), () -> resend(pending));
            });
  }

  private void resend(PendingPublication pending) {
    if (unanswered.contains(pending)) {
      network.tally().duplicated++;
      send(pending);
    }
  }

  private void reachBroker(PendingPublication pending) {
    broker.publish(settings.clientId(), pending.publication());
  }

  private void onAnswer(PendingPublication pending) {
    if (unanswered.remove(pending)) {
      published(pending);
    }
  }

  private void published(PendingPublication pending) {
    if (alive) {
      events.onPublished(this, pending, null);
    }
  }

  private void answer(Runnable done) {
    link.toClient()
        .control(
            () -> {
              if (alive) {
                done.run();
              }
            });
  }

  private void onCut(String reason) {
    broker.disconnected(this, true);
    network
        .time()
        .execute(
            () -> {
              if (alive) {
                events.onLost(this, reason);
              }
            });
  }
}
