package io.covey.simulator.clock;

import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The scheduler of one simulated process. When the process is killed, nothing that was scheduled
 * through it ever runs, as if the machine had lost its power. Thread rule: that of the scheduler
 * behind it.
 */
public final class ProcessScheduler implements Scheduler {
  private final Scheduler time;
  private boolean killed;

  public ProcessScheduler(Scheduler time) {
    this.time = time;
  }

  /** Ends the process. Killing it again changes nothing. */
  public void kill() {
    killed = true;
  }

  @Override
  public Instant now() {
    return time.now();
  }

  @Override
  public void execute(Runnable task) {
    time.execute(() -> ifAlive(task));
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    return time.schedule(delay, () -> ifAlive(task));
  }

  @Override
  public <T> CompletionStage<T> offload(Workload load, Callable<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    var unused =
        time.offload(load, () -> callIfAlive(work))
            .whenComplete(
                (value, failure) -> {
                  if (killed) {
                    return;
                  }
                  if (failure == null) {
                    answer.complete(value);
                  } else {
                    answer.completeExceptionally(failure);
                  }
                });
    return answer.minimalCompletionStage();
  }

  private <T> T callIfAlive(Callable<T> work) throws Exception {
    if (killed) {
      throw new CancellationException("the process was killed");
    }
    return work.call();
  }

  private void ifAlive(Runnable task) {
    if (!killed) {
      task.run();
    }
  }
}
