package io.covey.protocols.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ExecutorSchedulerTest {
  private static final Workload WORK = new Workload(Workload.Kind.STORAGE, 1);

  private final WorkerPool workers = new WorkerPool("crew", 2);
  private final ExecutorScheduler scheduler = new ExecutorScheduler("boss", workers);

  @AfterEach
  void close() {
    scheduler.close();
    workers.close();
  }

  @Test
  void tasksRunInOrderOnTheOneThreadOfTheOwner() throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      scheduler.execute(() -> seen.add(Thread.currentThread().getName() + " " + number));
    }
    for (int i = 0; i < 100; i++) {
      assertThat(take(seen)).isEqualTo("boss-1 " + i);
    }
  }

  @Test
  void workRunsOnAWorkerAndItsAnswerComesBackToTheOwner() throws Exception {
    CompletableFuture<List<String>> answer = new CompletableFuture<>();
    // From the owner's thread, which cannot complete the stage before it is asked about.
    scheduler.execute(
        () ->
            scheduler
                .offload(WORK, () -> Thread.currentThread().getName())
                .thenAccept(
                    worker -> answer.complete(List.of(worker, Thread.currentThread().getName()))));
    List<String> threads = answer.get(30, TimeUnit.SECONDS);
    assertThat(threads.get(0)).startsWith("crew-");
    assertThat(threads.get(1)).isEqualTo("boss-1");
  }

  @Test
  void failureOfWorkReachesTheOwnerAsItIs() throws Exception {
    BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    scheduler
        .offload(
            WORK,
            () -> {
              throw new NoClassDefFoundError("native code is missing");
            })
        .whenComplete((result, thrown) -> failures.add(thrown));
    assertThat(take(failures))
        .isInstanceOf(NoClassDefFoundError.class)
        .hasMessage("native code is missing");
  }

  @Test
  void taskThatThrowsDoesNotEndTheOwner() throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    scheduler.execute(
        () -> {
          throw new IllegalStateException("expected in this test");
        });
    scheduler.schedule(
        Duration.ZERO,
        () -> {
          throw new StackOverflowError("expected in this test");
        });
    scheduler.schedule(Duration.ofMillis(1), () -> seen.add(Thread.currentThread().getName()));
    assertThat(take(seen)).isEqualTo("boss-1");
  }

  @Test
  void cancelledTimerDoesNotRun() throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    CountDownLatch release = new CountDownLatch(1);
    scheduler.execute(() -> await(release));
    scheduler.schedule(Duration.ZERO, () -> seen.add("cancelled")).cancel();
    scheduler.schedule(Duration.ofMillis(1), () -> seen.add("kept"));
    release.countDown();
    assertThat(take(seen)).isEqualTo("kept");
  }

  @Test
  void timeIsMonotonicAndMovesOn() {
    Instant last = scheduler.now();
    for (int i = 0; i < 10_000; i++) {
      Instant next = scheduler.now();
      assertThat(next).isAfterOrEqualTo(last);
      last = next;
    }
    Instant before = Instant.now().minusSeconds(60);
    assertThat(last).isBetween(before, before.plusSeconds(120));
  }

  @Test
  void workersAreSharedAndSurviveOneScheduler() throws Exception {
    ExecutorScheduler other = new ExecutorScheduler("other", workers);
    other.close();
    CompletableFuture<String> answer =
        scheduler.offload(WORK, () -> "still here").toCompletableFuture();
    assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("still here");
  }

  @Test
  void afterCloseTasksAreDroppedAndWorkFails() {
    scheduler.close();
    workers.close();
    scheduler.execute(() -> {});
    scheduler.schedule(Duration.ZERO, () -> {}).cancel();
    CompletableFuture<String> answer = scheduler.offload(WORK, () -> "never").toCompletableFuture();
    assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void workBeyondTheQueueIsRefused() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    List<CompletableFuture<Boolean>> answers =
        IntStream.range(0, 5000)
            .mapToObj(i -> scheduler.offload(WORK, () -> await(release)).toCompletableFuture())
            .toList();
    assertThatThrownBy(() -> answers.get(4999).get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(RejectedExecutionException.class);
    release.countDown();
    assertThat(answers.get(0).get(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void closedSchedulersLeaveNoThreadBehind() throws Exception {
    BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    scheduler.execute(() -> threads.add(Thread.currentThread()));
    scheduler.offload(WORK, () -> threads.add(Thread.currentThread()));
    Thread first = take(threads);
    Thread second = take(threads);
    assertThat(first.isDaemon() && second.isDaemon()).isTrue();
    scheduler.close();
    workers.close();
    first.join(30_000);
    second.join(30_000);
    assertThat(first.isAlive() || second.isAlive()).isFalse();
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
    T taken = queue.poll(30, TimeUnit.SECONDS);
    assertThat(taken).as("what the scheduler was to run").isNotNull();
    return taken;
  }
}
