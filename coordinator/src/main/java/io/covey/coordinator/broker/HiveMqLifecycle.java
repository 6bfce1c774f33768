package io.covey.coordinator.broker;

import com.hivemq.configuration.service.InternalConfigurations;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts and stops HiveMQ within bounded times. It keeps some of its settings in static fields:
 * brokers of one JVM are started one after the other.
 */
final class HiveMqLifecycle {
  private static final Logger log = LoggerFactory.getLogger(HiveMqLifecycle.class);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  /** How long HiveMQ waits at its end for writes that are under way. */
  private static final int FILE_GRACE_MILLIS = 2000;

  private static final int MEMORY_GRACE_MILLIS = 100;

  private HiveMqLifecycle() {}

  /** Returns when it takes connections. */
  static synchronized EmbeddedHiveMQ start(BrokerDirectory directory, ExtensionMain extension) {
    Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
    EmbeddedHiveMQ hiveMq = build(directory, extension);
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
        stop(hiveMq);
      }
    }
  }

  private static EmbeddedHiveMQ build(BrokerDirectory directory, ExtensionMain extension) {
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
    return hiveMq;
  }

  /** Returns when it has stopped, or says in the log that it did not in time. */
  static void stop(EmbeddedHiveMQ hiveMq) {
    CountDownLatch stopped = new CountDownLatch(1);
    Thread closer = new Thread(() -> close(hiveMq, stopped), "covey-broker-close");
    closer.setDaemon(true);
    closer.start();
    try {
      if (!stopped.await(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        log.warn("the broker did not stop within {}: it is left behind", STOP_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(EmbeddedHiveMQ hiveMq, CountDownLatch stopped) {
    try {
      hiveMq.close();
    } catch (ExecutionException | InterruptedException e) {
      // Nobody interrupts this thread, which ends here anyway.
      log.warn("the broker did not stop in order", e);
    } finally {
      stopped.countDown();
    }
  }

  private static UncheckedIOException failure(String what, @Nullable Throwable cause) {
    return new UncheckedIOException(what + ": " + cause, new IOException(cause));
  }
}
