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
            WorkLanes lanes = new WorkLanes(owner, tasks * agents);
            for (int i = 0; i < tasks; i++) {
              for (int a = 0; a < agents; a++) {
                AgentId agent = new AgentId("a" + a);
                int number = i;
                lanes.submit(
                    Optional.of(agent),
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
    WorkLanes lanes = new WorkLanes(time, 3);
    List<Integer> done = new ArrayList<>();
    int taken = 0;
    for (int i = 0; i < 10; i++) {
      int number = i;
      taken += lanes.submit(Optional.empty(), () -> number, done::add, failure -> {}) ? 1 : 0;
    }
    // One is worked on, and three wait.
    assertThat(taken).isEqualTo(4);
    time.runFor(Duration.ofSeconds(1));
    assertThat(done).containsExactly(0, 1, 2, 3);
    assertThat(lanes.submit(Optional.empty(), () -> 9, done::add, failure -> {})).isTrue();
  }

  @Test
  void aFailureIsHandedToWhoeverAskedAndHoldsUpNobody() {
    WorkLanes lanes = new WorkLanes(time, 10);
    List<String> done = new ArrayList<>();
    lanes.<String>submit(
        Optional.empty(),
        () -> {
          throw new IllegalStateException("broken");
        },
        done::add,
        failure -> done.add(failure.getMessage()));
    lanes.submit(Optional.empty(), () -> "next", done::add, failure -> {});
    time.runFor(Duration.ofSeconds(1));
    assertThat(done).containsExactly("broken", "next");
  }

  /** A defect of the owner's is seen, and what came behind is done. */
  @Test
  void whatTheOwnerThrowsIsNotSwallowed() {
    WorkLanes lanes = new WorkLanes(time, 10);
    List<String> done = new ArrayList<>();
    lanes.submit(
        Optional.empty(),
        () -> "first",
        first -> {
          throw new IllegalStateException("defect");
        },
        failure -> {});
    lanes.submit(Optional.empty(), () -> "next", done::add, failure -> {});
    assertThatThrownBy(() -> time.runFor(Duration.ofSeconds(1))).hasMessage("defect");
    time.runFor(Duration.ofSeconds(1));
    assertThat(done).containsExactly("next");
  }
}
