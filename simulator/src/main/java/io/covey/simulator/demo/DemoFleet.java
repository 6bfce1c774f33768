package io.covey.simulator.demo;

import io.covey.coordinator.app.CoordinatorServer;
import io.covey.coordinator.app.ServerOptions;
import io.covey.coordinator.app.ServerOptions.BrokerChoice;
import io.covey.coordinator.broker.BrokerSettings;
import io.covey.coordinator.broker.EmbeddedBroker;
import io.covey.coordinator.http.HttpSettings;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.training.RoundLimits;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.edgeagent.app.EdgeAgent;
import io.covey.edgeagent.enrolment.MembershipKeeper;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.PahoTransport;
import io.covey.protocols.transport.TrafficCounters;
import io.covey.protocols.transport.TransportSettings;
import io.covey.simulator.clock.Seeds;
import io.covey.simulator.data.Digit;
import io.covey.simulator.data.DigitExamples;
import io.covey.simulator.network.WireTap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator and its agents in this process, wired as they are in earnest: each agent has its
 * own connection to the broker, its own directory and its own HTTP endpoint. Closing may be called
 * from any thread, and again.
 */
final class DemoFleet implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DemoFleet.class);

  /** Soon enough that a broker which was away does not cost a round. */
  private static final TransportSettings.BackoffBounds BACKOFF =
      new TransportSettings.BackoffBounds(Duration.ofMillis(200), Duration.ofSeconds(5));

  private final FleetId fleet;
  private final TrialAuthority authority;

  /** Of a fleet with a broker of its own; empty with one that runs already, over plain TCP. */
  private final Optional<DemoIssuer> issuer;

  private final TemporaryDirectory directory;
  private final CoordinatorServer coordinator;
  private final BrokerObserver observer;
  private final List<EdgeAgent> agents = new ArrayList<>();
  private final List<MembershipKeeper> memberships = new ArrayList<>();
  private final Map<AgentId, MqttTransport> transports = new ConcurrentHashMap<>();
  private boolean closed;

  private DemoFleet(DemoOptions options, TemporaryDirectory directory) throws IOException {
    this.directory = directory;
    this.fleet = new FleetId("demo-" + randomSuffix());
    this.authority = TrialAuthority.create(fleet, new Ed25519());
    this.issuer =
        options.broker().isPresent()
            ? Optional.empty()
            : Optional.of(new DemoIssuer(authority, directory.subdirectory("issuer")));
    this.coordinator = startCoordinator(options);
    issuer.ifPresent(i -> i.announce(coordinator.brokerUri()));
    WireTap tap = new WireTap(fleet);
    this.observer =
        coordinator.broker().isPresent()
            ? BrokerObserver.within(coordinator.broker().get(), tap)
            : BrokerObserver.connectedTo(coordinator.brokerUri(), fleet, tap);
  }

  /**
   * Starts the coordinator and one agent for each shard.
   *
   * @throws IOException when a directory or a port cannot be had
   */
  static DemoFleet start(DemoOptions options, List<List<Digit>> shards) throws IOException {
    TemporaryDirectory directory = TemporaryDirectory.create();
    DemoFleet fleet = null;
    boolean started = false;
    try {
      fleet = new DemoFleet(options, directory);
      for (int i = 0; i < shards.size(); i++) {
        fleet.startAgent(i + 1, shards.get(i));
      }
      started = true;
      return fleet;
    } finally {
      if (!started && fleet != null) {
        fleet.close();
      } else if (!started) {
        directory.close();
      }
    }
  }

  URI adminApi() {
    return coordinator.adminApi();
  }

  URI brokerUri() {
    return coordinator.brokerUri();
  }

  /** What the broker is, for people. */
  String broker() {
    return coordinator
        .broker()
        .map(EmbeddedBroker::description)
        .orElseGet(() -> brokerUri().getHost() + ":" + brokerUri().getPort());
  }

  /** How agents reach the broker: always MQTT 5, and what carries it. */
  String transport() {
    return Set.of("mqtt", "tcp").contains(brokerUri().getScheme()) ? "mqtt5-tcp" : "mqtt5-tls";
  }

  BrokerObserver observer() {
    return observer;
  }

  List<EdgeAgent> agents() {
    return List.copyOf(agents);
  }

  /** Agents that the broker sees connected with a certificate, which it holds to their names. */
  int enrolledAgents() {
    Set<String> ids = transports.keySet().stream().map(AgentId::value).collect(Collectors.toSet());
    return (int)
        coordinator.broker().map(EmbeddedBroker::connections).orElse(List.of()).stream()
            .filter(c -> c.tls() && c.clientCertificate() && ids.contains(c.clientId()))
            .count();
  }

  /** Where an agent answers programs on its device. */
  static URI endpoint(EdgeAgent agent) {
    InetSocketAddress address = agent.servingAddress().orElseThrow(IllegalStateException::new);
    return URI.create("http://" + address.getHostString() + ":" + address.getPort());
  }

  /** Payload bytes that all agents have received and sent. */
  DemoResult.Traffic traffic() {
    List<TrafficCounters> counters =
        transports.values().stream().map(MqttTransport::counters).toList();
    return new DemoResult.Traffic(
        counters.stream().mapToLong(TrafficCounters::bytesReceived).sum(),
        counters.stream().mapToLong(TrafficCounters::bytesSent).sum());
  }

  private CoordinatorServer startCoordinator(DemoOptions options) throws IOException {
    boolean started = false;
    try {
      ServerOptions plain = serverOptions(options);
      CoordinatorServer server =
          CoordinatorServer.start(
              issuer
                  .map(
                      i ->
                          plain
                              .withMutualTls(i.coordinatorTls())
                              .withRevocations(i.revocationSource()))
                  .orElse(plain));
      started = true;
      return server;
    } finally {
      if (!started) {
        issuer.ifPresent(DemoIssuer::close);
      }
    }
  }

  private BrokerSettings embedded() {
    BrokerSettings plain = BrokerSettings.onLoopback(fleet, ServerOptions.clientId(fleet));
    return issuer.map(i -> plain.withTls(i.brokerTls())).orElse(plain);
  }

  private ServerOptions serverOptions(DemoOptions options) throws IOException {
    BrokerChoice broker =
        options
            .broker()
            .<BrokerChoice>map(
                at ->
                    new BrokerChoice.External(URI.create("mqtt://" + at.host() + ":" + at.port())))
            .orElseGet(() -> new BrokerChoice.Embedded(embedded()));
    return new ServerOptions(
        fleet,
        authority.coordinator(),
        directory.subdirectory("artifacts"),
        DatabaseSettings.h2File(directory.path().resolve("coordinator")),
        broker,
        HttpSettings.onLoopback(0, directory.subdirectory("uploads")),
        RoundLimits.standard(),
        TrainingPlan.standard(),
        new SplittableRandom(new Seeds(options.seed()).of("coordinator")));
  }

  private void startAgent(int number, List<Digit> shard) throws IOException {
    AgentId id = new AgentId("agent-%02d".formatted(number));
    Path own = directory.subdirectory(id.value());
    Membered member = member(id, own.resolve("identity"));
    EdgeAgent agent =
        EdgeAgent.builder(id, fleet)
            .transport(
                member.connection().withBackoff(BACKOFF),
                (settings, scheduler, random) -> {
                  MqttTransport transport = new PahoTransport(settings, scheduler, random);
                  transports.put(id, transport);
                  return transport;
                })
            .identity(member.identity())
            .dataDirectory(own)
            .examples(DigitExamples.raw(shard))
            .http(io.covey.edgeagent.serving.HttpSettings.DEFAULT.withPort(0))
            .build();
    agents.add(agent);
    agent.start();
  }

  /** What an agent has by being enrolled. */
  private record Membered(TransportSettings connection, AgentIdentity identity) {}

  private Membered member(AgentId id, Path identity) throws IOException {
    if (issuer.isEmpty()) {
      return new Membered(
          TransportSettings.of(brokerUri(), id.value()),
          authority.enrol(id, Instant.now().getEpochSecond()));
    }
    MembershipKeeper keeper = issuer.get().enrol(id, identity);
    memberships.add(keeper);
    return new Membered(
        TransportSettings.overTls(keeper.membership().broker(), id.value(), keeper),
        keeper.identity());
  }

  /** So that demos which share a broker do not hear each other. */
  private static String randomSuffix() {
    byte[] bytes = new byte[4];
    new Random().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    agents.parallelStream().forEach(EdgeAgent::close);
    observer.close();
    coordinator.close();
    memberships.forEach(MembershipKeeper::close);
    issuer.ifPresent(DemoIssuer::close);
    authority.close();
    try {
      directory.close();
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", directory.path(), e.getMessage());
    }
  }
}
