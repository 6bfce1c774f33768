package io.covey.coordinator.mqtt;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Work for many agents that is done on workers, several agents at a time, and handed back in the
 * order in which it was given for each of them.
 *
 * <p>Thread rule: the owner's scheduler only.
 */
final class WorkLanes {
  /** What is worked on side by side. */
  private static final int LANES = 4;

  /** What a worker takes at a time: some milliseconds of signatures. */
  private static final int BATCH = 64;

  private final Scheduler scheduler;
  private final List<Lane> lanes = new ArrayList<>();
  private final Bounds bounds;

  /**
   * What may wait, each task with {@link #TASK_BYTES} beside what it holds.
   *
   * @param laneBytes in one of a few lanes
   * @param agentBytes of one agent, so that it leaves room for those who share its lane
   */
  record Bounds(long laneBytes, long agentBytes) {
    static final int TASK_BYTES = 1024;
    static final Bounds NONE = new Bounds(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** Whose work it is, and how much it holds. */
  record Origin(Optional<AgentId> agent, long bytes) {}

  /** What is done, and what then; on a worker, and on the owner's thread. */
  private record Task<T>(
      Origin origin, Callable<T> work, Consumer<T> then, Consumer<Exception> failed) {

    /** Does the work; what is answered runs on the owner's thread. */
    Runnable perform() {
      try {
        T value = work.call();
        return () -> then.accept(value);
      } catch (Exception e) {
        return () -> failed.accept(e);
      }
    }
  }

  WorkLanes(Scheduler scheduler, Bounds bounds) {
    this.scheduler = scheduler;
    this.bounds = bounds;
    for (int i = 0; i < LANES; i++) {
      lanes.add(new Lane());
    }
  }

  /**
   * Does some work.
   *
   * @param origin the agent whose order is kept; what is for none keeps one order as well
   * @param then takes the result, on the owner's thread
   * @param failed takes what the work has thrown, on the owner's thread
   * @return false when too much waits already; nothing is done then
   */
  <T> boolean submit(
      Origin origin, Callable<T> work, Consumer<T> then, Consumer<Exception> failed) {
    int index = origin.agent().map(id -> Math.floorMod(id.value().hashCode(), LANES)).orElse(0);
    Lane lane = lanes.get(index);
    if (!lane.hasRoom(origin)) {
      return false;
    }
    lane.add(new Task<>(origin, work, then, failed));
    lane.pump();
    return true;
  }

  private final class Lane {
    private final Deque<Task<?>> waiting = new ArrayDeque<>();
    private final Map<Optional<AgentId>, Long> agentBytes = new HashMap<>();
    private long bytes;
    private boolean busy;

    private boolean hasRoom(Origin origin) {
      long more = Bounds.TASK_BYTES + origin.bytes();
      return bytes <= bounds.laneBytes() - more
          && agentBytes.getOrDefault(origin.agent(), 0L) <= bounds.agentBytes() - more;
    }

    private void add(Task<?> task) {
      waiting.add(task);
      count(task, 1);
    }

    private Task<?> remove() {
      Task<?> task = waiting.remove();
      count(task, -1);
      return task;
    }

    private void count(Task<?> task, int sign) {
      long change = sign * (Bounds.TASK_BYTES + task.origin().bytes());
      bytes += change;
      // What comes to nothing leaves no entry behind.
      agentBytes.merge(task.origin().agent(), change, (a, b) -> a + b == 0 ? null : (Long) (a + b));
    }

    private void pump() {
      if (busy || waiting.isEmpty()) {
        return;
      }
      busy = true;
      List<Task<?>> batch = new ArrayList<>();
      while (batch.size() < BATCH && !waiting.isEmpty()) {
        batch.add(remove());
      }
      var unused =
          scheduler
              .offload(
                  new Workload(Workload.Kind.AGGREGATION, batch.size()),
                  () -> batch.stream().<Runnable>map(Task::perform).toList())
              .whenComplete(this::done);
    }

    private void done(@Nullable List<Runnable> answers, @Nullable Throwable lost) {
      busy = false;
      if (answers != null) {
        answers.forEach(this::hand);
      } else {
        scheduler.execute(
            () -> {
              throw new IllegalStateException("work was lost", lost);
            });
      }
      pump();
    }

    private void hand(Runnable answer) {
      try {
        answer.run();
      } catch (RuntimeException e) {
        // Thrown on, it would be lost in a stage that nobody looks at, and so would what follows.
        scheduler.execute(
            () -> {
              throw e;
            });
      }
    }
  }
}
