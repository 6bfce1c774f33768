package io.covey.coordinator.training;

import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The scheduler of a process that can be killed: afterwards nothing runs and nothing completes. */
final class MortalScheduler implements Scheduler {
  private final Scheduler outer;
  private boolean dead;

  MortalScheduler(Scheduler outer) {
    this.outer = outer;
  }

  void die() {
    dead = true;
  }

  @Override
  public Instant now() {
    return outer.now();
  }

  @Override
  public void execute(Runnable task) {
    outer.execute(whileAlive(task));
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    return outer.schedule(delay, whileAlive(task));
  }

  @Override
  public <T> CompletionStage<T> offload(Workload load, Callable<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    execute(
        () -> {
          try {
            answer.complete(work.call());
          } catch (Exception e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  private Runnable whileAlive(Runnable task) {
    return () -> {
      if (!dead) {
        task.run();
      }
    };
  }
}
