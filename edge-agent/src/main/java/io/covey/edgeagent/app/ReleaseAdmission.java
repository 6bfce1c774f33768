package io.covey.edgeagent.app;

import io.covey.crypto.release.KeepServing;
import io.covey.edgeagent.release.ReleaseGate;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds versions back until the fleet's signed releases allow them. Runs on the agent's scheduler.
 */
final class ReleaseAdmission {
  private static final Logger LOG = LoggerFactory.getLogger(ReleaseAdmission.class);

  /** A clock is put right without anybody saying so. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  /** Documents that were kept back do not come by themselves; asked for ever more rarely. */
  private static final Duration MOST_PATIENCE = Duration.ofHours(1);

  private final AgentId agent;
  private final Scheduler scheduler;
  private final ReleaseGate gate;
  private final Listener listener;
  private final Map<ModelManifest, Held> held = new LinkedHashMap<>();
  private Scheduler.@Nullable Timer timer;
  private Duration patience = LOOK_AGAIN;
  private Instant askAgainAt = Instant.MAX;
  private boolean closed;

  /** What comes of waiting. */
  interface Listener {
    /**
     * A version waits.
     *
     * @param reason for people; empty when it waits no more
     */
    void withheld(ModelManifest manifest, String reason);

    /** The documents that the broker keeps are wanted once more. */
    void askAgain();
  }

  /**
   * A version that waits.
   *
   * @param wanted whether somebody still waits for it
   * @param released whether it waits for the disk, and for no document
   */
  private record Held(Runnable next, BooleanSupplier wanted, String reason, boolean released) {}

  ReleaseAdmission(AgentId agent, Scheduler scheduler, ReleaseGate gate, Listener listener) {
    this.agent = agent;
    this.scheduler = scheduler;
    this.gate = gate;
    this.listener = listener;
  }

  /** Goes on at once, or when the version is released. */
  void admit(ModelManifest manifest, Runnable next) {
    Optional<KeepServing> obstacle = gate.obstacle(manifest);
    if (obstacle.isPresent()) {
      hold(manifest, unreleased(next, () -> true, obstacle.get()));
    } else {
      next.run();
    }
  }

  /**
   * As {@link #admit}, and notes durably that the version is taken; waits for a disk that cannot.
   *
   * @param wanted whether somebody still waits for it; if not, nothing more is done
   */
  void take(ModelManifest manifest, BooleanSupplier wanted, Runnable next) {
    gate.take(manifest)
        .whenComplete(
            (obstacle, failure) -> {
              if (closed || !wanted.getAsBoolean()) {
                return;
              }
              Runnable again = () -> take(manifest, wanted, next);
              if (failure != null) {
                hold(manifest, new Held(again, wanted, notNoted(failure), true));
              } else if (obstacle.isPresent()) {
                hold(manifest, unreleased(again, wanted, obstacle.get()));
              } else {
                if (held.remove(manifest) != null) {
                  listener.withheld(manifest, "");
                }
                next.run();
              }
            });
  }

  private static Held unreleased(Runnable next, BooleanSupplier wanted, KeepServing obstacle) {
    String reason = "not released: %s, %s".formatted(obstacle.reason(), obstacle.detail());
    return new Held(next, wanted, reason, false);
  }

  private static String notNoted(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return "the disk cannot note which release this is: " + cause.getMessage();
  }

  /** Nobody wants the version any more. */
  void forget(ModelManifest manifest) {
    held.remove(manifest);
  }

  void close() {
    closed = true;
    held.clear();
    if (timer != null) {
      timer.cancel();
    }
  }

  private void hold(ModelManifest manifest, Held waiting) {
    Held before = held.put(manifest, waiting);
    String reason = waiting.reason();
    if (before == null || !before.reason().equals(reason)) {
      LOG.warn(
          "{}: {} version {} is not taken, and what serves goes on serving: {}",
          agent,
          manifest.model(),
          manifest.version(),
          reason);
      listener.withheld(manifest, reason);
    }
    if (timer == null) {
      patience = LOOK_AGAIN;
      askAgainAt = scheduler.now().plus(patience);
      timer = scheduler.schedule(LOOK_AGAIN, this::lookAgain);
    }
  }

  private void lookAgain() {
    timer = null;
    if (!held.isEmpty() && !closed) {
      timer = scheduler.schedule(LOOK_AGAIN, this::lookAgain);
      gate.reconsider();
      look();
      askAgain();
    }
  }

  private void askAgain() {
    if (!held.isEmpty() && !scheduler.now().isBefore(askAgainAt)) {
      Duration doubled = patience.multipliedBy(2);
      patience = doubled.compareTo(MOST_PATIENCE) < 0 ? doubled : MOST_PATIENCE;
      askAgainAt = scheduler.now().plus(patience);
      listener.askAgain();
    }
  }

  /** Looks whether what waits may go on: what is trusted has changed. */
  void look() {
    List<Map.Entry<ModelManifest, Held>> all = new ArrayList<>(held.entrySet());
    for (Map.Entry<ModelManifest, Held> entry : all) {
      ModelManifest manifest = entry.getKey();
      Held waiting = entry.getValue();
      Optional<KeepServing> obstacle = gate.obstacle(manifest);
      if (!waiting.wanted().getAsBoolean()) {
        held.remove(manifest, waiting);
      } else if (waiting.released()) {
        // Tried once at a time, and said to wait until that is done.
        held.put(manifest, new Held(() -> {}, waiting.wanted(), waiting.reason(), true));
        waiting.next().run();
      } else if (obstacle.isPresent()) {
        hold(manifest, unreleased(waiting.next(), waiting.wanted(), obstacle.get()));
      } else if (held.remove(manifest, waiting)) {
        LOG.info("{}: {} version {} is released", agent, manifest.model(), manifest.version());
        listener.withheld(manifest, "");
        waiting.next().run();
      }
    }
  }
}
