package io.covey.edgeagent.rounds;

import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.client.ClientEffect;
import io.covey.crypto.secagg.client.ClientEvent;
import io.covey.crypto.secagg.client.ClientPhase;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands events to the phases of one session, one at a time and on a worker, since answers take
 * public-key work; what they ask for comes back on the agent's scheduler.
 *
 * <p>Thread rule: the agent's scheduler only.
 */
final class PhaseRunner {

  /** Carries out what phases ask for. */
  interface Shell {
    void carryOut(ClientEffect effect);

    /** What came of an event that was under way at the end. */
    void discard(ClientEffect effect);

    /** A defect: an event was not answered, or its answer not carried out. */
    void failed(Throwable failure);
  }

  private final Scheduler scheduler;
  private final Shell shell;
  private final int maximumWaiting;
  private final Deque<Supplier<Optional<ClientEvent>>> waiting = new ArrayDeque<>();
  private ClientPhase phase;
  private boolean busy;
  private boolean over;

  /**
   * Before the first event.
   *
   * @param maximumWaiting messages that may wait at a time
   */
  PhaseRunner(Scheduler scheduler, Shell shell, ClientPhase first, int maximumWaiting) {
    this.scheduler = scheduler;
    this.shell = shell;
    this.phase = first;
    this.maximumWaiting = maximumWaiting;
  }

  /** Something that the agent did itself. */
  void add(ClientEvent event) {
    enqueue(() -> Optional.of(event));
  }

  /**
   * A message, to be read on the worker.
   *
   * @return false if too many wait already, so that this one is lost
   */
  boolean offer(Supplier<Optional<ClientEvent>> message) {
    if (!over && waiting.size() >= maximumWaiting) {
      return false;
    }
    enqueue(message);
    return true;
  }

  /** Hands over no more events, and wipes what the phase holds, behind whatever is under way. */
  void end() {
    over = true;
    waiting.clear();
    if (!busy) {
      wipe();
    }
  }

  /** Takes no time worth a worker, and so happens also when there is none any more. */
  private void wipe() {
    phase = phase.on(new ClientEvent.Cancelled()).next();
  }

  private void enqueue(Supplier<Optional<ClientEvent>> event) {
    if (!over) {
      waiting.add(event);
      handOver();
    }
  }

  private void handOver() {
    if (busy || waiting.isEmpty()) {
      return;
    }
    busy = true;
    Supplier<Optional<ClientEvent>> next = waiting.remove();
    ClientPhase current = phase;
    var unused =
        scheduler
            .offload(
                new Workload(Workload.Kind.AGGREGATION, 1),
                () -> next.get().map(current::on).orElseGet(() -> Step.stay(current)))
            .whenComplete(this::answered);
  }

  private void answered(
      @Nullable Step<ClientPhase, ClientEffect> step, @Nullable Throwable failure) {
    busy = false;
    if (step != null) {
      phase = step.next();
    }
    if (over) {
      if (step != null) {
        step.effects().forEach(shell::discard);
      }
      wipe();
    } else if (step != null) {
      carryOut(step);
      handOver();
    } else if (failure != null) {
      shell.failed(failure);
    }
  }

  private void carryOut(Step<ClientPhase, ClientEffect> step) {
    try {
      for (ClientEffect effect : step.effects()) {
        if (over) {
          shell.discard(effect);
        } else {
          shell.carryOut(effect);
        }
      }
    } catch (Throwable e) {
      // Errors too: nobody waits for this stage, so they would be lost, and the session would hang.
      shell.failed(e);
    }
  }
}
