package io.covey.coordinator.enrolment;

import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.Revocations.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for new revocations every second, and tells those who heed them. With the broker's sweep of
 * another second, a revocation has its effect on connections that stand well within five.
 */
public final class RevocationWatch implements AutoCloseable {
  /** Between two looks. */
  public static final Duration INTERVAL = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(RevocationWatch.class);

  private final RevocationSource source;
  private final List<Revocations> heeding;
  private final ScheduledThreadPoolExecutor thread;
  private boolean failing;

  private RevocationWatch(RevocationSource source, List<Revocations> heeding) {
    this.source = source;
    this.heeding = List.copyOf(heeding);
    this.thread = new ScheduledThreadPoolExecutor(1, RevocationWatch::daemon);
  }

  /** Starts to look; the first look has been made when this returns. */
  public static RevocationWatch start(RevocationSource source, List<Revocations> heeding) {
    RevocationWatch watch = new RevocationWatch(source, heeding);
    watch.look();
    long millis = INTERVAL.toMillis();
    var unused =
        watch.thread.scheduleWithFixedDelay(watch::look, millis, millis, TimeUnit.MILLISECONDS);
    return watch;
  }

  private static Thread daemon(Runnable task) {
    Thread daemon = new Thread(task, "covey-revocations");
    daemon.setDaemon(true);
    return daemon;
  }

  private void look() {
    try {
      Optional<RevocationList> newest = source.newest();
      newest.ifPresent(list -> heeding.forEach(revocations -> tell(revocations, list)));
      if (failing) {
        LOG.info("revocations can be learned of again");
      }
      failing = false;
    } catch (IOException | RuntimeException e) {
      // Once, not every second; what is known already still counts.
      if (!failing) {
        LOG.error("revocations cannot be learned of: {}", e.toString());
      }
      failing = true;
    }
  }

  private static void tell(Revocations revocations, RevocationList list) {
    Verdict verdict = revocations.heed(list);
    if (verdict == Verdict.TAKEN) {
      LOG.info(
          "revocation list {}, {} revoked",
          list.content().version(),
          list.content().serials().size());
    } else if (verdict != Verdict.KNOWN) {
      throw new IllegalStateException("a revocation list was refused: " + verdict);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
