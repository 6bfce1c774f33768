package io.covey.coordinator.app;

import io.covey.coordinator.broker.MosquittoConfiguration;
import io.covey.coordinator.enrolment.OpenAuthority;
import io.covey.coordinator.enrolment.RevocationWatch;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code covey broker watch mosquitto}. */
@Command(
    name = "mosquitto",
    description = {
      "Look at the authority's files every second; when an agent was revoked, has enrolled again or"
          + " its certificates have ended, and before the revocation list ends, write acl and"
          + " revoked.crl anew and send Mosquitto a SIGHUP. Runs until it is told to stop."
    })
final class MosquittoWatchCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(MosquittoWatchCommand.class);

  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description = "Where the authority's files are.")
  private Path directory = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where `covey broker config mosquitto` has written to.")
  private Path out = Path.of("");

  @Option(
      names = "--pid-file",
      required = true,
      paramLabel = "FILE",
      description = "Where Mosquitto writes its process id.")
  private Path pidFile = Path.of("");

  private boolean failing;

  @Override
  public Integer call() throws IOException {
    CountDownLatch stop = new CountDownLatch(1);
    Thread stopping = new Thread(stop::countDown, "covey-stop");
    try (OpenAuthority authority = OpenAuthority.open(directory)) {
      MosquittoConfiguration configuration = new MosquittoConfiguration(authority.fleet(), out);
      if (!configuration.isWritten()) {
        throw CommandFailedException.usage(
            out + " holds no configuration yet", "write it with `covey broker config mosquitto`");
      }
      Runtime.getRuntime().addShutdownHook(stopping);
      MosquittoWatch watch = new MosquittoWatch(authority, configuration, new HangUp(pidFile));
      do {
        look(watch);
      } while (!stop.await(RevocationWatch.INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      // As good a way to be told to stop as the other.
      Runtime.getRuntime().removeShutdownHook(stopping);
    }
    return ExitCode.DONE.code();
  }

  private void look(MosquittoWatch watch) {
    try {
      watch.look(Instant.now());
      if (failing) {
        LOG.info("Mosquitto heeds revocations again");
      }
      failing = false;
    } catch (IOException | RuntimeException e) {
      // Once, not every second.
      if (!failing) {
        LOG.error("Mosquitto does not heed the newest revocations: {}", e.toString());
      }
      failing = true;
    }
  }
}
