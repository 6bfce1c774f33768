package io.covey.protocols.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class VirtualTimeTest {
  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

  private final VirtualTime time = new VirtualTime(START);
  private final List<String> log = new ArrayList<>();

  @Test
  void tasksRunInTheOrderOfTheirTimeAndTimeStandsWhereTheyRun() {
    time.schedule(Duration.ofSeconds(2), () -> log.add("late " + elapsed()));
    time.schedule(Duration.ofSeconds(1), () -> log.add("early " + elapsed()));
    time.execute(() -> log.add("now " + elapsed()));
    time.runUntil(START.plusSeconds(10));
    assertThat(log).containsExactly("now PT0S", "early PT1S", "late PT2S");
    assertThat(time.now()).isEqualTo(START.plusSeconds(10));
  }

  @Test
  void tasksOfOneInstantRunInTheirOrder() {
    IntStream.range(0, 50)
        .forEach(i -> time.schedule(Duration.ofSeconds(1), () -> log.add("" + i)));
    time.runFor(Duration.ofSeconds(1));
    assertThat(log).isEqualTo(IntStream.range(0, 50).mapToObj(i -> "" + i).toList());
  }

  @Test
  void shuffledTiesFollowTheSeed() {
    assertThat(shuffledTimers(1)).isEqualTo(shuffledTimers(1)).isNotEqualTo(shuffledTimers(2));
    assertThat(shuffledTimers(1)).containsExactlyInAnyOrderElementsOf(numbers(50));
  }

  @Test
  void shuffledTiesKeepTheOrderOfTasksWithoutDelayOfOneDevice() {
    VirtualTime shuffled = VirtualTime.shuffled(START, new SplittableRandom(3));
    Scheduler first = shuffled.device(CostModel.FREE);
    Scheduler second = shuffled.device(CostModel.FREE);
    List<Integer> ofFirst = new ArrayList<>();
    List<String> ofBoth = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      first.execute(
          () -> {
            ofFirst.add(number);
            ofBoth.add("first");
          });
      second.execute(() -> ofBoth.add("second"));
    }
    shuffled.runFor(Duration.ZERO);
    assertThat(ofFirst).isEqualTo(numbers(100));
    List<String> inTheOrderOfTheCalls =
        numbers(200).stream().map(i -> i % 2 == 0 ? "first" : "second").toList();
    assertThat(ofBoth).hasSize(200).isNotEqualTo(inTheOrderOfTheCalls);
  }

  @Test
  void cancelledTaskDoesNotRunAndIsNotCounted() {
    Scheduler.Timer timer = time.schedule(Duration.ofSeconds(1), () -> log.add("never"));
    time.schedule(Duration.ofSeconds(2), () -> log.add("once"));
    timer.cancel();
    timer.cancel();
    assertThat(time.pending()).isEqualTo(1);
    time.runFor(Duration.ofSeconds(5));
    assertThat(log).containsExactly("once");
    assertThat(time.pending()).isZero();
  }

  @Test
  void manyCancelledTimersDoNotPileUp() {
    for (int i = 0; i < 100_000; i++) {
      time.schedule(Duration.ofDays(1), () -> log.add("never")).cancel();
    }
    assertThat(time.pending()).isZero();
    assertThat(time.step()).isFalse();
  }

  @Test
  void cancellingATaskThatHasRunChangesNothing() {
    Scheduler.Timer timer = time.schedule(Duration.ZERO, () -> log.add("ran"));
    time.step();
    timer.cancel();
    time.execute(() -> log.add("next"));
    assertThat(time.pending()).isEqualTo(1);
    time.step();
    assertThat(log).containsExactly("ran", "next");
  }

  @Test
  void stepSaysWhetherThereWasATask() {
    assertThat(time.step()).isFalse();
    time.execute(() -> {});
    assertThat(time.step()).isTrue();
    assertThat(time.step()).isFalse();
  }

  @Test
  void runUntilStopsAtTheConditionOrAtTheLimit() {
    time.schedule(Duration.ofSeconds(1), () -> log.add("a"));
    time.schedule(Duration.ofSeconds(2), () -> log.add("b"));
    time.schedule(Duration.ofHours(2), () -> log.add("c"));
    assertThat(time.runUntil(() -> log.contains("a"), Duration.ofHours(1))).isTrue();
    assertThat(log).containsExactly("a");
    assertThat(time.runUntil(() -> log.contains("c"), Duration.ofHours(1))).isFalse();
    assertThat(log).containsExactly("a", "b");
  }

  @Test
  void taskThatThrowsFailsTheStep() {
    time.execute(
        () -> {
          throw new IllegalStateException("a bug");
        });
    assertThatThrownBy(time::step).isInstanceOf(IllegalStateException.class).hasMessage("a bug");
  }

  @Test
  void workTakesTheTimeThatItsDeviceNeeds() {
    Scheduler slow = time.device(load -> Duration.ofMillis(load.units()));
    Workload load = new Workload(Workload.Kind.TRAINING, 1500);
    slow.offload(
            load,
            () -> {
              log.add("works " + elapsed());
              return "result";
            })
        .thenAccept(result -> log.add(result + " " + elapsed()));
    time.offload(load, () -> log.add("free " + elapsed()));
    time.runFor(Duration.ofSeconds(2));
    assertThat(log).containsExactly("free PT0S", "works PT1.5S", "result PT1.5S");
  }

  @Test
  void workThatThrowsFailsItsStageOnly() {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CompletionStage<String> stage =
        time.offload(
            new Workload(Workload.Kind.STORAGE, 0),
            () -> {
              throw new java.io.IOException("disk full");
            });
    stage.whenComplete((result, thrown) -> failure.set(thrown));
    time.runFor(Duration.ZERO);
    assertThat(failure.get()).isInstanceOf(java.io.IOException.class).hasMessage("disk full");
  }

  @Test
  void negativeCostIsRefused() {
    Scheduler broken = time.device(load -> Duration.ofSeconds(-1));
    assertThatThrownBy(() -> broken.offload(new Workload(Workload.Kind.STORAGE, 0), () -> 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-1S");
  }

  @Test
  void otherThreadsAreRefused() throws InterruptedException {
    time.execute(() -> {});
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread stranger = new Thread(() -> time.execute(() -> {}), "stranger");
    stranger.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
    stranger.start();
    stranger.join();
    assertThat(failure.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stranger");
  }

  private static List<Integer> shuffledTimers(long seed) {
    VirtualTime shuffled = VirtualTime.shuffled(START, new SplittableRandom(seed));
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int number = i;
      shuffled.schedule(Duration.ofSeconds(1), () -> order.add(number));
    }
    shuffled.runFor(Duration.ofSeconds(1));
    return order;
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private Duration elapsed() {
    return Duration.between(START, time.now());
  }
}
