package io.covey.protocols.transport;

import io.covey.protocols.time.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * An MQTT broker and the links to it, in memory and under virtual time: retained messages, wills,
 * wildcards, shared subscriptions, sessions with a bounded queue, and seeded faults on every link.
 *
 * <p>Every random choice comes from one generator, so the same seed and the same calls give the
 * same run to the bit. Links break as real ones do: a message at QoS 1 arrives at least once,
 * possibly late, twice, or after the next reconnect.
 *
 * <p>Thread rule: the thread of the {@link VirtualTime}.
 */
public final class InMemoryNetwork {
  private static final URI SERVER = URI.create("mqtt://in-memory:1883");

  private final VirtualTime time;
  private final RandomGenerator random;
  private final TransportTally tally = new TransportTally();
  private final InMemoryBroker broker;
  private final Map<String, ReconnectingTransport> clients = new LinkedHashMap<>();
  private final Map<String, InMemoryConnection> connections = new HashMap<>();
  private final Map<String, NetworkFaults> faultsOfClients = new HashMap<>();
  private final Map<String, Instant> isolatedUntil = new HashMap<>();
  private NetworkFaults faults;
  private Instant brokerBackAt = Instant.MIN;

  /** A network whose links have {@code faults}, until they are set otherwise. */
  public InMemoryNetwork(VirtualTime time, long seed, NetworkFaults faults) {
    this.time = time;
    this.random = new SplittableRandom(seed);
    this.faults = faults;
    this.broker = new InMemoryBroker(time, tally);
  }

  /** Settings for a client here: as {@link TransportSettings#of}, with an address that is none. */
  public static TransportSettings settings(String clientId) {
    return TransportSettings.of(SERVER, clientId);
  }

  /**
   * A client; it connects when it is opened. It is the client that runs over Paho, on connections
   * in memory; but an exception from its listener is not swallowed: it fails the simulation. The
   * server in {@code settings} is not looked at. A later client of the same id takes over the
   * session, and the calls below by client id mean it.
   */
  public MqttTransport connect(TransportSettings settings) {
    ReconnectingTransport client =
        new ReconnectingTransport(
            settings,
            time,
            random,
            GuardedListener.failing(settings),
            events -> newConnection(settings, events));
    clients.put(settings.clientId(), client);
    return client;
  }

  /** What the links of all clients do from now on that have no faults of their own. */
  public void setFaults(NetworkFaults newFaults) {
    faults = newFaults;
  }

  /** What the link of one client does from now on. */
  public void setFaults(String clientId, NetworkFaults newFaults) {
    faultsOfClients.put(clientId, newFaults);
  }

  /** Breaks the client's connection. It comes back when its backoff says so. */
  public void cut(String clientId) {
    InMemoryConnection connection = connections.get(clientId);
    if (connection == null) {
      throw new IllegalArgumentException("client " + clientId + " has never connected");
    }
    connection.link().cut("the network is cut");
  }

  /** Breaks the client's connection and lets it come back after {@code duration} at the soonest. */
  public void isolate(String clientId, Duration duration) {
    isolatedUntil.put(clientId, time.now().plus(duration));
    cut(clientId);
  }

  /** The client's device stops for good: no DISCONNECT, and nothing is said to it any more. */
  public void kill(String clientId) {
    ReconnectingTransport client = clients.get(clientId);
    if (client == null) {
      throw new IllegalArgumentException("no client " + clientId + " in this network");
    }
    client.abandon();
  }

  /** Stops the broker and starts it again after {@code duration}, with all that it had kept. */
  public void stopBroker(Duration duration) {
    stopBroker(duration, true);
  }

  /** Stops the broker; after {@code duration} it is back with no session and nothing retained. */
  public void stopBrokerLosingState(Duration duration) {
    stopBroker(duration, false);
  }

  /** Shows {@code observer} every message that reaches the broker, copies and wills included. */
  public void observe(Consumer<ObservedMessage> observer) {
    broker.observe(observer);
  }

  /** What has happened so far. */
  public NetworkCounters counters() {
    return tally.snapshot();
  }

  VirtualTime time() {
    return time;
  }

  RandomGenerator random() {
    return random;
  }

  TransportTally tally() {
    return tally;
  }

  InMemoryBroker broker() {
    return broker;
  }

  /** A CONNECT has crossed the link. */
  void accept(InMemoryConnection connection) {
    Instant until = isolatedUntil.get(connection.settings().clientId());
    if (until != null && time.now().isBefore(until)) {
      connection.link().cut("no route to the broker");
    } else {
      broker.connect(connection);
    }
  }

  private InMemoryConnection newConnection(
      TransportSettings settings, BrokerConnection.Events events) {
    String clientId = settings.clientId();
    InMemoryConnection connection =
        new InMemoryConnection(
            settings, this, () -> faultsOfClients.getOrDefault(clientId, faults), events);
    connections.put(clientId, connection);
    return connection;
  }

  private void stopBroker(Duration duration, boolean keepState) {
    Instant backAt = time.now().plus(duration);
    brokerBackAt = backAt;
    broker.stop();
    time.schedule(
        duration,
        () -> {
          // A later stop decides for itself.
          if (brokerBackAt.equals(backAt)) {
            broker.start(keepState);
          }
        });
  }
}
