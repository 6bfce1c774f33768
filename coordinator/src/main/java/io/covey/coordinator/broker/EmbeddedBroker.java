package io.covey.coordinator.broker;

import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import io.covey.protocols.transport.ObservedMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker. HiveMQ keeps some of its settings in static fields; several brokers of one JVM
 * are started one after the other and share those, which are the same for all.
 *
 * <p>Thread rule: may be called from any thread; {@link #start} and {@link #close} block for
 * seconds.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  /** How long HiveMQ waits at its end for writes that are under way. */
  private static final int FILE_GRACE_MILLIS = 2000;

  private static final int MEMORY_GRACE_MILLIS = 100;

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
      EmbeddedHiveMQ hiveMq = startHiveMq(directory, extension);
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
      stopHiveMq(hiveMq);
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

  private static synchronized EmbeddedHiveMQ startHiveMq(
      BrokerDirectory directory, FleetExtension extension) {
    Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
    EmbeddedHiveMQ hiveMq =
        EmbeddedHiveMQ.builder()
            .withConfigurationFolder(directory.configuration())
            .withDataFolder(directory.data())
            .withExtensionsFolder(directory.extensions())
            .withEmbeddedExtension(
                EmbeddedExtension.builder()
                    .withId("covey-fleet")
                    .withName("Covey fleet")
                    .withVersion("1")
                    .withAuthor("Covey")
                    .withPriority(0)
                    .withStartPriority(0)
                    .withExtensionMain(extension)
                    .build())
            // The process has its own logging.
            .withoutLoggingBootstrap()
            .build();
    // build() has just allowed everybody; whom the extension does not let in stays out.
    InternalConfigurations.AUTH_DENY_UNAUTHENTICATED_CONNECTIONS.set(true);
    InternalConfigurations.JMX_REPORTER_ENABLED.set(false);
    InternalConfigurations.PERSISTENCE_SHUTDOWN_GRACE_PERIOD_MSEC.set(
        directory.temporary() ? MEMORY_GRACE_MILLIS : FILE_GRACE_MILLIS);
    boolean started = false;
    try {
      hiveMq.start().get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      started = true;
      return hiveMq;
    } catch (ExecutionException e) {
      throw failure("the broker did not start in " + directory.root(), e.getCause());
    } catch (TimeoutException e) {
      throw failure("the broker did not start within " + START_TIMEOUT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("the start of the broker was interrupted", e);
    } finally {
      // HiveMQ installs a handler that ends the whole process.
      Thread.setDefaultUncaughtExceptionHandler(handler);
      if (!started) {
        stopHiveMq(hiveMq);
      }
    }
  }

  private static void stopHiveMq(EmbeddedHiveMQ hiveMq) {
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    Thread closer =
        new Thread(
            () -> {
              try {
                hiveMq.close();
              } catch (ExecutionException e) {
                log.warn("the broker did not stop in order", e);
              } catch (InterruptedException e) {
                log.warn("the stop of the broker was interrupted");
              } finally {
                stopped.complete(null);
              }
            },
            "covey-broker-close");
    closer.setDaemon(true);
    closer.start();
    try {
      stopped.get(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.warn("the broker did not stop within {}: it is left behind", CLOSE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String hostForUri(String bindAddress) {
    return switch (bindAddress) {
      case "0.0.0.0" -> BrokerSettings.LOOPBACK;
      case "::" -> "[::1]";
      default -> bindAddress.contains(":") ? "[" + bindAddress + "]" : bindAddress;
    };
  }

  private static UncheckedIOException failure(String what, @Nullable Throwable cause) {
    return new UncheckedIOException(what + ": " + cause, new IOException(cause));
  }
}
