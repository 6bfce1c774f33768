package io.covey.coordinator.broker;

import com.hivemq.embedded.EmbeddedHiveMQ;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.protocols.transport.ObservedMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker.
 *
 * <p>Thread rule: may be called from any thread; {@link #start} and {@link #close} block for
 * seconds.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);

  private final BrokerSettings settings;
  private final BrokerDirectory directory;
  private final EmbeddedHiveMQ hiveMq;
  private final FleetExtension extension;
  private final ScheduledThreadPoolExecutor sweeper;
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
    this.sweeper = new ScheduledThreadPoolExecutor(1, EmbeddedBroker::daemon);
    if (settings.tls().isPresent()) {
      long millis = BrokerTls.SWEEP.toMillis();
      var unused =
          sweeper.scheduleWithFixedDelay(this::sweep, millis, millis, TimeUnit.MILLISECONDS);
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "covey-broker-sweep");
    thread.setDaemon(true);
    return thread;
  }

  private void sweep() {
    try {
      extension.sweep();
    } catch (RuntimeException e) {
      // The next one is due all the same.
      log.error("the broker's connections could not be looked at", e);
    }
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
            settings.tls().map(tls -> gate(settings, tls)),
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

  private static ClientGate gate(BrokerSettings settings, BrokerTls tls) {
    return new ClientGate(
        settings.fleet(),
        settings.coordinatorClientId(),
        tls.revocations(),
        InstantSource.system());
  }

  /** Where clients on this machine connect: {@code mqtt://host:port}, {@code mqtts} with TLS. */
  public URI uri() {
    String scheme = settings.tls().isPresent() ? "mqtts://" : "mqtt://";
    return URI.create(scheme + hostForUri(settings.bindAddress()) + ":" + port());
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

  /**
   * Proves itself with another certificate of the same root to whoever connects from some seconds
   * on: HiveMQ looks at its key store every ten seconds. Connections that stand are left alone.
   * Blocks.
   *
   * @throws UncheckedIOException when its directory cannot be written
   */
  public void prove(TlsIdentity own) {
    BrokerStores stores =
        directory
            .stores()
            .orElseThrow(() -> new IllegalStateException("this broker proves itself with nothing"));
    try {
      stores.replaceOwn(own);
    } catch (IOException e) {
      throw new UncheckedIOException("the broker's key store cannot be written", e);
    }
  }

  /** Disconnects the clients and stops, within half a minute. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      sweeper.shutdownNow();
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
