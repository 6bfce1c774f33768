package io.covey.coordinator.broker;

import com.hivemq.embedded.EmbeddedHiveMQ;
import io.covey.protocols.transport.ObservedMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;

/**
 * A running broker.
 *
 * <p>Thread rule: may be called from any thread; {@link #start} and {@link #close} block for
 * seconds.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private final BrokerSettings settings;
  private final BrokerDirectory directory;
  private final EmbeddedHiveMQ hiveMq;
  private final FleetExtension extension;
  private boolean closed;

  private EmbeddedBroker(
      BrokerSettings settings,
      BrokerDirectory directory,
      EmbeddedHiveMQ hiveMq,
      FleetExtension extension) {
    this.settings = settings;
    this.directory = directory;
    this.hiveMq = hiveMq;
    this.extension = extension;
  }

  /**
   * Starts a broker and waits until it takes connections.
   *
   * @throws UncheckedIOException when it cannot listen there, its directory is in use or cannot be
   *     written, or it does not start in time
   */
  public static EmbeddedBroker start(BrokerSettings settings) {
    checkAddress(settings);
    FleetExtension extension =
        new FleetExtension(
            new TopicPermissions(settings.fleet(), settings.coordinatorClientId()),
            Clock.systemUTC());
    BrokerDirectory directory = BrokerDirectory.prepare(settings);
    boolean started = false;
    try {
      EmbeddedHiveMQ hiveMq = HiveMqLifecycle.start(directory, extension);
      started = true;
      return new EmbeddedBroker(settings, directory, hiveMq, extension);
    } finally {
      if (!started) {
        directory.close();
      }
    }
  }

  /** Where clients on this machine connect: {@code mqtt://host:port}. */
  public URI uri() {
    return URI.create("mqtt://" + hostForUri(settings.bindAddress()) + ":" + port());
  }

  public int port() {
    return extension.port();
  }

  /** What it is, for people: {@code HiveMQ CE embedded} and the version that its jar names. */
  public String description() {
    String version = EmbeddedHiveMQ.class.getPackage().getImplementationVersion();
    return "HiveMQ CE embedded " + (version == null ? "of unknown version" : version);
  }

  /** The clients that are connected now, by id. */
  public List<BrokerConnection> connections() {
    return extension.connections().connections();
  }

  /** How many publications and subscriptions have been refused because of their topic. */
  public long refusals() {
    return extension.connections().refusals();
  }

  /**
   * Shows every message that a client publishes, and every will that it leaves, to {@code
   * observer}, which must be quick and takes calls from several threads.
   */
  public void observe(Consumer<ObservedMessage> observer) {
    extension.observers().add(observer);
  }

  /** Disconnects the clients and stops, within half a minute. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      HiveMqLifecycle.stop(hiveMq);
      directory.close();
    }
  }

  /** A person gets the system's own reason, which HiveMQ would not tell. */
  private static void checkAddress(BrokerSettings settings) {
    InetSocketAddress address = new InetSocketAddress(settings.bindAddress(), settings.port());
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the broker cannot listen on "
              + settings.bindAddress()
              + ":"
              + settings.port()
              + " ("
              + e.getMessage()
              + "): stop what uses the port, or choose another one",
          e);
    }
  }

  private static String hostForUri(String bindAddress) {
    return switch (bindAddress) {
      case "0.0.0.0" -> BrokerSettings.LOOPBACK;
      case "::" -> "[::1]";
      default -> bindAddress.contains(":") ? "[" + bindAddress + "]" : bindAddress;
    };
  }
}
