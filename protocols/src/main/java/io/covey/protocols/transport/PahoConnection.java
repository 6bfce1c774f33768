package io.covey.protocols.transport;

import io.covey.protocols.time.Scheduler;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection on one Paho client that is thrown away with it. No state of Paho's outlives the
 * connection: no topic aliases, packet ids or persisted messages that a new one could trip over.
 *
 * <p>Paho's threads only hand over to the owner's, within bounds. Paho's calls that are made here
 * on the owner's thread take short locks and do not wait for the network.
 */
final class PahoConnection implements BrokerConnection {
  private static final Logger LOG = LoggerFactory.getLogger(PahoConnection.class);

  /** Messages on the way to the broker, whatever it would allow. */
  private static final int LARGEST_WINDOW = 32;

  /** Room for topic and properties in a packet, beside the payload. */
  private static final int PACKET_OVERHEAD_BYTES = 8 * 1024;

  /** How long the threads of a dead connection have to end by themselves. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final TransportSettings settings;
  private final Scheduler owner;
  private final Events events;
  private final PacketSocketFactory sockets;
  private final PahoThreads threads;
  private final MqttAsyncClient client;
  private volatile boolean alive = true;
  private volatile BrokerLimits limits = BrokerLimits.NONE;

  /**
   * @throws IOException when Paho refuses the settings
   */
  PahoConnection(TransportSettings settings, Scheduler owner, Events events) throws IOException {
    this.settings = settings;
    this.owner = owner;
    this.events = events;
    this.sockets =
        new PacketSocketFactory(
            settings.maximumMessageBytes() + PACKET_OVERHEAD_BYTES, TlsEndpoint.of(settings));
    this.threads = new PahoThreads(settings.clientId(), this::lose);
    PahoInbound inbound =
        new PahoInbound(owner, events, new InboundLink(), settings.maximumMessageBytes());
    try {
      this.client =
          new MqttAsyncClient(
              address(settings.server()),
              settings.clientId(),
              new MemoryPersistence(),
              new PahoPing(owner, threads::tryRun),
              threads);
    } catch (MqttException e) {
      throw new IOException("the MQTT client refuses its settings", e);
    }
    client.setManualAcks(true);
    // Before connecting: messages of a session may follow its CONNACK at once.
    client.setCallback(new PahoCallback(inbound::arrived, this::lose));
  }

  @Override
  public void connect() throws IOException {
    try {
      client.connect(
          PahoOptions.of(settings, sockets, PACKET_OVERHEAD_BYTES),
          null,
          new Answer(this::accepted, failure -> lose(PahoReasons.describe(failure))));
    } catch (MqttException e) {
      throw new IOException("the MQTT client does not connect", e);
    }
  }

  @Override
  public void subscribe(
      Map<String, QualityOfService> filters, boolean retainedAlways, Runnable done) {
    if (filters.isEmpty()) {
      done.run();
      return;
    }
    List<MqttSubscription> subscriptions = new ArrayList<>();
    filters.forEach(
        (filter, qos) -> {
          MqttSubscription subscription = new MqttSubscription(filter, qos.level());
          // Section 3.8.3.1: 0 sends retained messages, 1 only for a new subscription.
          subscription.setRetainHandling(retainedAlways ? 0 : 1);
          subscriptions.add(subscription);
        });
    Answer answer =
        new Answer(
            token -> {
              logRefused(subscriptions, token);
              hand(done);
            },
            PahoConnection::leaveToDisconnected);
    MqttSubscription[] all = subscriptions.toArray(MqttSubscription[]::new);
    // The overloads with a listener for each subscription call themselves for ever.
    attempt(() -> client.subscribe(all, null, answer, new MqttProperties()));
  }

  @Override
  public void unsubscribe(String filter, Runnable done) {
    Answer answer = new Answer(token -> hand(done), PahoConnection::leaveToDisconnected);
    attempt(() -> client.unsubscribe(filter, null, answer));
  }

  @Override
  public int window() {
    return limits.window(LARGEST_WINDOW);
  }

  @Override
  public boolean takes(Publication publication) {
    return limits.takes(publication);
  }

  @Override
  public void publish(PendingPublication pending) {
    Publication publication = pending.publication();
    MqttMessage message = new MqttMessage(publication.payload().toByteArray());
    message.setQos(publication.qos().level());
    message.setRetained(publication.retain());
    // Paho takes neither null nor shared properties.
    message.setProperties(new MqttProperties());
    Answer answer =
        new Answer(
            token -> {
              String refusal = PahoReasons.refusal(token, 0);
              hand(() -> events.onPublished(this, pending, refusal));
            },
            PahoConnection::leaveToDisconnected);
    attempt(() -> client.publish(publication.topic(), message, null, answer));
  }

  @Override
  public Duration keepAlive() {
    return limits.keepAlive(settings.keepAlive());
  }

  @Override
  public Duration silence() {
    return Duration.ofNanos(System.nanoTime() - sockets.lastReadNanos());
  }

  @Override
  public boolean isConnected() {
    return client.isConnected();
  }

  /** Closes the socket under Paho, on which all its threads end, and sees to it that they do. */
  @Override
  public void abort() {
    alive = false;
    sockets.close();
    threads.shutdown();
    owner.schedule(GRACE, threads::endForcibly);
  }

  @Override
  public void disconnect(Duration timeout, boolean willDue) {
    long deadline = System.nanoTime() + timeout.toNanos();
    alive = false;
    if (isConnected()) {
      sayGoodbye(timeout.dividedBy(2), willDue);
    }
    sockets.close();
    threads.shutdown();
    threads.awaitEnd(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
  }

  /** Only on a connection that stands: Paho spins for ever when it is ended while it begins. */
  private void sayGoodbye(Duration timeout, boolean willDue) {
    int reason =
        willDue
            ? MqttReturnCode.RETURN_CODE_DISCONNECT_WITH_WILL_MESSAGE
            : MqttReturnCode.RETURN_CODE_SUCCESS;
    long millis = timeout.toMillis();
    sockets.awaitPeerOnClose();
    try {
      client
          .disconnect(millis / 2, null, null, reason, new MqttProperties())
          .waitForCompletion(millis);
    } catch (MqttException | RejectedExecutionException e) {
      LOG.debug("{}: no orderly end: {}", settings.clientId(), PahoReasons.describe(e));
    }
  }

  private void accepted(IMqttToken token) {
    limits = BrokerLimits.of(token.getResponseProperties());
    String missing = limits.missing();
    if (missing == null) {
      boolean sessionPresent = token.getSessionPresent();
      hand(() -> events.onAccepted(this, sessionPresent));
    } else {
      lose(missing);
    }
  }

  private void logRefused(List<MqttSubscription> subscriptions, IMqttToken token) {
    for (int i = 0; i < subscriptions.size(); i++) {
      String refusal = PahoReasons.refusal(token, i);
      if (refusal != null) {
        String filter = subscriptions.get(i).getTopic();
        LOG.error("{}: no subscription to {}: {}", settings.clientId(), filter, refusal);
      }
    }
  }

  /** A request fails when its connection does, of which the callback says more. */
  private static void leaveToDisconnected(Throwable failure) {
    LOG.trace("Unanswered", failure);
  }

  /** An action of Paho's that may throw, and then loses the connection. */
  private interface PahoAction {
    void run() throws MqttException;
  }

  private void attempt(PahoAction action) {
    try {
      action.run();
    } catch (MqttException | RuntimeException e) {
      // Runtime too: Paho throws NullPointerException and others on a client that is going down.
      lose(PahoReasons.describe(e));
    }
  }

  private void lose(String reason) {
    hand(() -> events.onLost(this, reason));
  }

  private void hand(Runnable event) {
    owner.execute(
        () -> {
          if (alive) {
            event.run();
          }
        });
  }

  /** Paho sees TCP, whatever the socket does: its own TLS would not be contained. */
  private static String address(URI server) {
    return "tcp://" + server.getHost() + ":" + server.getPort();
  }

  private final class InboundLink implements PahoInbound.Link {
    @Override
    public boolean isAlive() {
      return alive;
    }

    @Override
    public void acknowledge(int packetId) {
      attempt(
          () -> client.messageArrivedComplete(packetId, QualityOfService.AT_LEAST_ONCE.level()));
    }

    @Override
    public void lose(String reason) {
      PahoConnection.this.lose(reason);
    }
  }
}
