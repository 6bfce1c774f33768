package io.covey.coordinator.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.time.ExecutorScheduler;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.time.WorkerPool;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WorkLanesTest {
  private static final long TASK = WorkLanes.Bounds.TASK_BYTES;
  private static final WorkLanes.Origin NOBODY = new WorkLanes.Origin(Optional.empty(), 0);

  private final VirtualTime time = new VirtualTime(Instant.EPOCH);

  @Test
  @Timeout(60)
  void eachAgentsOrderIsKeptWhileWorkersTakeTurns() throws Exception {
    int agents = 9;
    int tasks = 300;
    Map<AgentId, List<Integer>> done = new HashMap<>();
    CountDownLatch all = new CountDownLatch(agents * tasks);
    try (WorkerPool workers = new WorkerPool("lanes", 4);
        ExecutorScheduler owner = new ExecutorScheduler("owner", workers)) {
      owner.execute(
          () -> {
            WorkLanes lanes = new WorkLanes(owner, WorkLanes.Bounds.NONE);
            for (int i = 0; i < tasks; i++) {
              for (int a = 0; a < agents; a++) {
                AgentId agent = new AgentId("a" + a);
                int number = i;
                lanes.submit(
                    new WorkLanes.Origin(Optional.of(agent), 0),
                    () -> number,
                    result -> {
                      done.computeIfAbsent(agent, id -> new ArrayList<>()).add(result);
                      all.countDown();
                    },
                    failure -> {});
              }
            }
          });
      assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(done).hasSize(agents);
    done.values().forEach(numbers -> assertThat(numbers).hasSize(tasks).isSorted());
  }

  @Test
  void whatIsTooMuchIsNotTaken() {
    WorkLanes lanes = new WorkLanes(time, new WorkLanes.Bounds(3 * TASK, Long.MAX_VALUE));
    List<Integer> done = new ArrayList<>();
    int taken = 0;
    for (int i = 0; i < 10; i++) {
      int number = i;
      taken += lanes.submit(NOBODY, () -> number, done::add, failure -> {}) ? 1 : 0;
    }
    // One is worked on, and three wait.
    assertThat(taken).isEqualTo(4);
    time.runFor(Duration.ofSeconds(1));
    assertThat(done).containsExactly(0, 1, 2, 3);
    assertThat(lanes.submit(NOBODY, () -> 9, done::add, failure -> {})).isTrue();
  }

  @Test
  void whoeverSaysTooMuchLeavesRoomForThoseWhoShareItsLane() {
    WorkLanes lanes = new WorkLanes(time, new WorkLanes.Bounds(100 * TASK, 10 * TASK));
    // Names with one hash: they share a lane.
    Optional<AgentId> loud = Optional.of(new AgentId("Aa"));
    Optional<AgentId> other = Optional.of(new AgentId("BB"));
    List<String> done = new ArrayList<>();
    int taken = 0;
    for (int i = 0; i < 50; i++) {
      WorkLanes.Origin large = new WorkLanes.Origin(loud, TASK);
      taken += lanes.submit(large, () -> "loud", done::add, failure -> {}) ? 1 : 0;
    }
    // One is worked on, and five of twice a task's bytes wait.
    assertThat(taken).isEqualTo(6);
    WorkLanes.Origin small = new WorkLanes.Origin(other, 0);
    assertThat(lanes.submit(small, () -> "other", done::add, failure -> {})).isTrue();
    time.runFor(Duration.ofSeconds(1));
    assertThat(done).hasSize(7).endsWith("other");
    assertThat(lanes.submit(new WorkLanes.Origin(loud, TASK), () -> "", done::add, failure -> {}))
        .isTrue();
  }

  @Test
  void aFailureIsHandedToWhoeverAskedAndHoldsUpNobody() {
    WorkLanes lanes = new WorkLanes(time, WorkLanes.Bounds.NONE);
    List<String> done = new ArrayList<>();
    lanes.<String>submit(
        NOBODY,
        () -> {
          throw new IllegalStateException("broken");
        },
        done::add,
        failure -> done.add(failure.getMessage()));
    lanes.submit(NOBODY, () -> "next", done::add, failure -> {});
    time.runFor(Duration.ofSeconds(1));
    assertThat(done).containsExactly("broken", "next");
  }

  /** A defect of the owner's is seen, and what came behind is done. */
  @Test
  void whatTheOwnerThrowsIsNotSwallowed() {
    WorkLanes lanes = new WorkLanes(time, WorkLanes.Bounds.NONE);
    List<String> done = new ArrayList<>();
    lanes.submit(
        NOBODY,
        () -> "first",
        first -> {
          throw new IllegalStateException("defect");
        },
        failure -> {});
    lanes.submit(NOBODY, () -> "next", done::add, failure -> {});
    assertThatThrownBy(() -> time.runFor(Duration.ofSeconds(1))).hasMessage("defect");
    time.runFor(Duration.ofSeconds(1));
    assertThat(done).containsExactly("next");
  }
}
