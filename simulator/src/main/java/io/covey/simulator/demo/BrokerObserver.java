package io.covey.simulator.demo;

import io.covey.coordinator.broker.BrokerConnection;
import io.covey.coordinator.broker.EmbeddedBroker;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.time.ExecutorScheduler;
import io.covey.protocols.time.WorkerPool;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.PahoTransport;
import io.covey.protocols.transport.QualityOfService;
import io.covey.protocols.transport.TransportSettings;
import io.covey.simulator.network.WireTap;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Random;

/**
 * Somebody who listens at the broker: inside it where it runs in this process, otherwise as one
 * more client that asks for everything. Shows what passes to a {@link WireTap}. Thread-safe.
 */
interface BrokerObserver extends AutoCloseable {

  /** What has been read so far, and what of these plain files of models. */
  WireTap.Findings findings(Collection<byte[]> modelFiles);

  /** Whether nobody is let in who does not show a certificate over TLS. */
  boolean seesMutualTls();

  @Override
  void close();

  /** Listens inside a broker of this process. */
  static BrokerObserver within(EmbeddedBroker broker, WireTap tap) {
    broker.observe(
        message -> tap.observe(message.publication().topic(), message.publication().payload()));
    return new BrokerObserver() {
      @Override
      public WireTap.Findings findings(Collection<byte[]> modelFiles) {
        return tap.findings(modelFiles);
      }

      @Override
      public boolean seesMutualTls() {
        List<BrokerConnection> connections = broker.connections();
        return !connections.isEmpty()
            && connections.stream().allMatch(c -> c.tls() && c.clientCertificate());
      }

      @Override
      public void close() {
        // Ends with the broker.
      }
    };
  }

  /** Connects to a broker without TLS and asks for everything that the fleet says. */
  static BrokerObserver connectedTo(URI broker, FleetId fleet, WireTap tap) {
    return new Client(broker, fleet, tap);
  }

  /** A client with neither TLS nor a certificate. */
  final class Client implements BrokerObserver, MqttTransport.Listener {
    private final WorkerPool workers = new WorkerPool("broker-observer-worker", 1);
    private final ExecutorScheduler scheduler = new ExecutorScheduler("broker-observer", workers);
    private final WireTap tap;
    private final MqttTransport transport;
    private volatile boolean letIn;

    private Client(URI broker, FleetId fleet, WireTap tap) {
      this.tap = tap;
      TransportSettings settings = TransportSettings.of(broker, "observer-" + fleet);
      this.transport = new PahoTransport(settings, scheduler, new Random());
      transport.subscribe(new Topics(fleet).everything(), QualityOfService.AT_LEAST_ONCE);
      transport.open(this);
    }

    @Override
    public WireTap.Findings findings(Collection<byte[]> modelFiles) {
      return tap.findings(modelFiles);
    }

    @Override
    public boolean seesMutualTls() {
      return !letIn;
    }

    @Override
    public void onConnected(boolean sessionPresent) {
      letIn = true;
    }

    @Override
    public void onDisconnected(String reason) {
      // The transport connects again.
    }

    @Override
    public void onMessage(InboundMessage message) {
      tap.observe(message.topic(), message.payload());
      message.acknowledge().run();
    }

    @Override
    public void close() {
      transport.close();
      scheduler.close();
      workers.close();
    }
  }
}
