package io.covey.edgeagent.app;

import io.covey.edgeagent.mqtt.ArtifactFetcher;
import io.covey.edgeagent.mqtt.FetchProgress;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The versions that are being fetched. Of each that takes long it says how far it is, again and
 * again: whoever lets files through drop by drop does not keep a device from saying so.
 *
 * <p>Thread rule: the agent's scheduler only.
 */
final class RunningFetches {
  /** After so long a word is due, and one more each time as long again. */
  static final Duration LONG = Duration.ofMinutes(10);

  private final Scheduler scheduler;
  private final BiConsumer<ModelManifest, String> listener;
  // Ordered: what is cancelled together is cancelled in the same order in every run.
  private final Map<ModelManifest, Running> running = new LinkedHashMap<>();

  /**
   * @param listener told how far a fetch is, for people
   */
  RunningFetches(Scheduler scheduler, BiConsumer<ModelManifest, String> listener) {
    this.scheduler = scheduler;
    this.listener = listener;
  }

  void begun(ModelManifest manifest, ArtifactFetcher.Ticket ticket) {
    Running begun = new Running(manifest, ticket);
    running.put(manifest, begun);
    begun.watch();
  }

  /** It is over, in whichever way. */
  void ended(ModelManifest manifest) {
    Running ended = running.remove(manifest);
    if (ended != null) {
      ended.timer.cancel();
    }
  }

  void cancel(ModelManifest manifest) {
    Running cancelled = running.get(manifest);
    ended(manifest);
    if (cancelled != null) {
      cancelled.ticket.cancel();
    }
  }

  void cancelAll() {
    while (!running.isEmpty()) {
      cancel(running.keySet().iterator().next());
    }
  }

  private final class Running {
    private final ModelManifest manifest;
    private final ArtifactFetcher.Ticket ticket;
    private final Instant since = scheduler.now();
    private Scheduler.Timer timer = () -> {};

    Running(ModelManifest manifest, ArtifactFetcher.Ticket ticket) {
      this.manifest = manifest;
      this.ticket = ticket;
    }

    void watch() {
      timer =
          scheduler.schedule(
              LONG,
              () -> {
                watch();
                listener.accept(manifest, progress(ticket.progress()));
              });
    }

    private String progress(FetchProgress progress) {
      return "slow: %d of %d blocks are here after %d min, and %s"
          .formatted(
              progress.here(),
              progress.all(),
              minutesSince(since),
              progress
                  .last()
                  .map(last -> "the last came %d min ago".formatted(minutesSince(last)))
                  .orElse("none has come"));
    }

    private long minutesSince(Instant begin) {
      return Duration.between(begin, scheduler.now()).toMinutes();
    }
  }
}
