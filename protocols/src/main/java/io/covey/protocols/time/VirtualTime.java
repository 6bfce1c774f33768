package io.covey.protocols.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler whose time passes only when it is told to: a queue of tasks, run one by one on the
 * caller's thread in the order of their time.
 *
 * <p>Tasks of the same instant run in the order in which they were scheduled, or, made by {@link
 * #shuffled}, in an order drawn from a seed, to find code that relies on the first; only tasks
 * without delay of one scheduler keep their order, as they do on a real one. Either way a run is
 * replayed to the bit by the same calls. Work given to {@link #offload} runs inline, at the end of
 * the time that the {@link CostModel} says it takes.
 *
 * <p>A task that throws is a bug of the simulated program: {@link #step} lets the exception out.
 * Work that throws only fails its stage, as on a real scheduler.
 *
 * <p>Thread rule: one thread, the first that schedules or runs anything; others are refused.
 */
public final class VirtualTime implements Scheduler {
  /** More tasks than this within one instant mean that time stands still for ever. */
  private static final int TASKS_OF_ONE_INSTANT = 10_000_000;

  private static final int CANCELLED_KEPT = 1024;

  private final PriorityQueue<Task> queue = new PriorityQueue<>(Task.ORDER);
  private final @Nullable RandomGenerator ties;
  private final Lane lane = new Lane();
  private Instant now;
  private long scheduled;
  private int cancelled;
  private int tasksOfThisInstant;
  private @Nullable Thread owner;

  /** Starts at {@code start}; tasks of one instant run in the order in which they came. */
  public VirtualTime(Instant start) {
    this(start, null);
  }

  private VirtualTime(Instant start, @Nullable RandomGenerator ties) {
    this.now = start;
    this.ties = ties;
  }

  /** Starts at {@code start}; tasks of one instant run in an order drawn from {@code ties}. */
  public static VirtualTime shuffled(Instant start, RandomGenerator ties) {
    return new VirtualTime(start, ties);
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public void execute(Runnable task) {
    schedule(Duration.ZERO, task);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    return schedule(lane, delay, task);
  }

  /** Runs {@code work} inline and without delay: the cost model is {@link CostModel#FREE}. */
  @Override
  public <T> CompletionStage<T> offload(Workload load, Callable<T> work) {
    return offload(lane, CostModel.FREE, load, work);
  }

  /** This time as one device sees it whose work takes as long as {@code costs} say. */
  public Scheduler device(CostModel costs) {
    return new Device(costs);
  }

  /** Runs the next task and moves time to it. False when there is none. */
  public boolean step() {
    checkThread();
    Task task = peek();
    if (task == null) {
      return false;
    }
    queue.remove();
    advanceTo(task.at);
    task.run();
    return true;
  }

  /** Runs everything up to and at {@code end}; the time is then {@code end}. */
  public void runUntil(Instant end) {
    while (nextAtOrBefore(end)) {
      step();
    }
    if (now.isBefore(end)) {
      advanceTo(end);
    }
  }

  /** {@link #runUntil(Instant)} for the next {@code duration}. */
  public void runFor(Duration duration) {
    runUntil(now.plus(duration));
  }

  /**
   * Runs until {@code condition} holds, looked at before each task.
   *
   * @return whether it held before {@code limit} of virtual time had passed, or tasks ran out
   */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    Instant end = now.plus(limit);
    while (!condition.getAsBoolean()) {
      if (!nextAtOrBefore(end)) {
        return false;
      }
      step();
    }
    return true;
  }

  /** How many tasks wait for their time. */
  public int pending() {
    return queue.size() - cancelled;
  }

  private Timer schedule(Lane from, Duration delay, Runnable task) {
    checkThread();
    boolean atOnce = delay.isNegative() || delay.isZero();
    Task entry = new Task(atOnce ? now : now.plus(delay), from.tie(atOnce), scheduled++, task);
    queue.add(entry);
    return () -> cancel(entry);
  }

  private <T> CompletionStage<T> offload(
      Lane from, CostModel costs, Workload load, Callable<T> work) {
    Duration cost = costs.cost(load);
    if (cost.isNegative()) {
      throw new IllegalArgumentException(
          "cost of " + load + " is " + cost + ", expected 0 or more");
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    schedule(from, cost, () -> complete(answer, work));
    return answer;
  }

  private static <T> void complete(CompletableFuture<T> answer, Callable<T> work) {
    T value;
    try {
      value = work.call();
    } catch (Exception e) {
      answer.completeExceptionally(e);
      return;
    }
    answer.complete(value);
  }

  private boolean nextAtOrBefore(Instant end) {
    Task task = peek();
    return task != null && !task.at.isAfter(end);
  }

  /** The next task that is not cancelled. */
  private @Nullable Task peek() {
    Task task = queue.peek();
    while (task != null && task.isCancelled()) {
      queue.remove();
      cancelled--;
      task = queue.peek();
    }
    return task;
  }

  private void advanceTo(Instant instant) {
    if (instant.isAfter(now)) {
      now = instant;
      tasksOfThisInstant = 0;
    } else if (++tasksOfThisInstant > TASKS_OF_ONE_INSTANT) {
      throw new IllegalStateException(
          "time stands still at " + now + ": more than " + TASKS_OF_ONE_INSTANT + " tasks");
    }
  }

  private void cancel(Task task) {
    checkThread();
    if (task.cancel() && ++cancelled > CANCELLED_KEPT && cancelled > queue.size() / 2) {
      queue.removeIf(Task::isCancelled);
      cancelled = 0;
    }
  }

  private void checkThread() {
    Thread current = Thread.currentThread();
    if (owner == null) {
      owner = current;
    } else if (owner != current) {
      throw new IllegalStateException(
          "virtual time belongs to thread " + owner.getName() + ", not " + current.getName());
    }
  }

  /** One task in the queue. Done and cancelled tasks let go of what they would run. */
  private static final class Task {
    static final Comparator<Task> ORDER =
        Comparator.<Task, Instant>comparing(task -> task.at)
            .thenComparingLong(task -> task.tie)
            .thenComparingLong(task -> task.number);

    private final Instant at;
    private final long tie;
    private final long number;
    private @Nullable Runnable body;

    Task(Instant at, long tie, long number, Runnable body) {
      this.at = at;
      this.tie = tie;
      this.number = number;
      this.body = body;
    }

    boolean isCancelled() {
      return body == null;
    }

    /** False when it had run, or was cancelled already. */
    boolean cancel() {
      boolean waiting = body != null;
      body = null;
      return waiting;
    }

    void run() {
      Runnable task = body;
      body = null;
      if (task != null) {
        task.run();
      }
    }
  }

  /**
   * Draws ties for one scheduler, as {@link Scheduler} promises: tasks without delay keep their
   * order among themselves; against timers, and against tasks of other schedulers, they have none.
   */
  private final class Lane {
    private Instant instant = Instant.MIN;
    private long lastTie;

    long tie(boolean atOnce) {
      if (ties == null) {
        return 0;
      }
      if (!atOnce) {
        return ties.nextLong(Long.MAX_VALUE);
      }
      lastTie = ties.nextLong(instant.equals(now) ? lastTie : 0, Long.MAX_VALUE);
      instant = now;
      return lastTie;
    }
  }

  private final class Device implements Scheduler {
    private final Lane lane = new Lane();
    private final CostModel costs;

    Device(CostModel costs) {
      this.costs = costs;
    }

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public void execute(Runnable task) {
      schedule(Duration.ZERO, task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
      return VirtualTime.this.schedule(lane, delay, task);
    }

    @Override
    public <T> CompletionStage<T> offload(Workload load, Callable<T> work) {
      return VirtualTime.this.offload(lane, costs, load, work);
    }
  }
}
