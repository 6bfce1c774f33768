package io.covey.coordinator.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.coordinator.round.Failed;
import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RoundEvent;
import io.covey.coordinator.round.Step;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of 10 bytes, answers that take a second; room for 100 bytes and 4 messages an agent. */
class EventQueueTest {
  private static final Step NOTHING = new Step(new Failed(FailureReason.CANCELLED), List.of());
  private static final RoundMessage MESSAGE =
      new UpdateChunk(new RoundId("r"), 0, 1, ByteString.copyFrom(new byte[8]));

  private final VirtualTime time = new VirtualTime(Instant.EPOCH);
  private final Rounds round = new Rounds();
  private final EventQueue queue =
      new EventQueue(time.device(load -> Duration.ofSeconds(1)), round, 100, 4);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eventsAreAnsweredInTheirOrder(boolean heavy) {
    round.heavy = heavy;
    for (int i = 0; i < 10; i++) {
      queue.add(event(i));
    }
    assertThat(round.answered).hasSize(heavy ? 0 : 10);
    time.runFor(Duration.ofSeconds(10));
    assertThat(round.answered).containsExactlyElementsOf(numbers(10));
  }

  @Test
  void lightEventsWaitForTheHeavyOnesBeforeThem() {
    round.heavy = true;
    queue.add(event(0));
    round.heavy = false;
    queue.add(event(1));
    assertThat(round.answered).isEmpty();
    time.runFor(Duration.ofSeconds(1));
    assertThat(round.answered).containsExactly(0, 1);
  }

  @Test
  void eventsThatAnAnswerGivesRiseToWaitTheirTurn() {
    round.heavy = true;
    queue.add(event(0));
    queue.add(event(1));
    round.afterFirst = () -> queue.add(event(2));
    time.runFor(Duration.ofSeconds(10));
    assertThat(round.answered).containsExactly(0, 1, 2);
    assertThat(round.deepest).isEqualTo(1);
  }

  @Test
  void nothingThatWasTakenIsLostWhileTheRoundIsBusy() {
    round.heavy = true;
    int taken = 0;
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      if (offer("a" + i % 20, i)) {
        expected.add(i);
        taken++;
      }
    }
    assertThat(taken).isEqualTo(10);
    time.runFor(Duration.ofMinutes(1));
    assertThat(round.answered).containsExactlyElementsOf(expected);
    assertThat(round.causes).isEqualTo(taken);
  }

  @Test
  void oneAgentTakesNoMoreThanItsPart() {
    round.heavy = true;
    for (int i = 0; i < 4; i++) {
      assertThat(offer("greedy", i)).isTrue();
    }
    assertThat(offer("greedy", 4)).isFalse();
    assertThat(offer("other", 5)).isTrue();
    time.runFor(Duration.ofSeconds(1));
    assertThat(offer("greedy", 6)).isTrue();
    assertThat(offer("greedy", 7)).isFalse();
  }

  @Test
  void bytesAreBoundedOverAllAgentsAndFreedAgain() {
    round.heavy = true;
    for (int i = 0; i < 10; i++) {
      assertThat(offer("a" + i, i)).isTrue();
    }
    assertThat(offer("b", 10)).isFalse();
    time.runFor(Duration.ofSeconds(3));
    assertThat(offer("b", 11)).isTrue();
    assertThat(offer("c", 12)).isTrue();
    assertThat(offer("d", 13)).isTrue();
    assertThat(offer("e", 14)).isFalse();
    time.runFor(Duration.ofMinutes(1));
    for (int i = 0; i < 10; i++) {
      assertThat(offer("a" + i, 20 + i)).isTrue();
    }
  }

  @Test
  void theRoundsOwnEventsAreNeverRefused() {
    round.heavy = true;
    for (int i = 0; i < 10; i++) {
      offer("a" + i, i);
    }
    queue.add(event(10));
    time.runFor(Duration.ofMinutes(1));
    assertThat(round.answered).containsExactlyElementsOf(numbers(11));
  }

  @Test
  void aMessageThatMeansNothingIsIgnored() {
    round.heavy = true;
    queue.offer(new AgentId("a"), MESSAGE, 10, Optional::empty);
    offer("a", 1);
    time.runFor(Duration.ofSeconds(2));
    assertThat(round.ignored).isEqualTo(1);
    assertThat(round.answered).containsExactly(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDefectInReadingOrAnsweringIsToldAndTheRestGoesOn(boolean heavy) {
    round.heavy = heavy;
    IllegalStateException defect = new IllegalStateException("unreadable");
    queue.offer(
        new AgentId("a"),
        MESSAGE,
        10,
        () -> {
          throw defect;
        });
    round.unanswerable = 1;
    queue.add(event(1));
    queue.add(event(2));
    time.runFor(Duration.ofSeconds(10));
    assertThat(round.failures).hasSize(2);
    assertThat(round.failures.get(0)).hasStackTraceContaining("unreadable");
    assertThat(round.failures.get(1)).hasStackTraceContaining("unanswerable");
    assertThat(round.answered).containsExactly(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDefectInCarryingAnAnswerOutIsToldAndTheRestGoesOn(boolean heavy) {
    round.heavy = heavy;
    round.afterFirst =
        () -> {
          throw new IllegalStateException("cannot be carried out");
        };
    queue.add(event(0));
    queue.add(event(1));
    time.runFor(Duration.ofSeconds(10));
    assertThat(round.failures)
        .singleElement()
        .satisfies(failure -> assertThat(failure).hasMessage("cannot be carried out"));
    assertThat(round.answered).containsExactly(0, 1);
  }

  private boolean offer(String agent, int number) {
    return queue.offer(new AgentId(agent), MESSAGE, 10, () -> Optional.of(event(number)));
  }

  /** Told from others by its number. */
  private static RoundEvent event(int number) {
    return new RoundEvent.UploadWatched(new AgentId("x"), number);
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  /** Notes what it is asked. */
  private static final class Rounds implements EventQueue.Handler {
    final List<Integer> answered = new ArrayList<>();
    final List<Throwable> failures = new ArrayList<>();
    boolean heavy;
    int unanswerable = -1;
    int causes;
    int ignored;
    int deepest;
    Runnable afterFirst = () -> {};
    private int depth;
    private int current;

    @Override
    public boolean isHeavy() {
      return heavy;
    }

    @Override
    public Step answer(RoundEvent event) {
      current = ((RoundEvent.UploadWatched) event).held();
      if (current == unanswerable) {
        throw new IllegalStateException("unanswerable");
      }
      return NOTHING;
    }

    @Override
    public void answered(Step step, Optional<RoundMessage> cause) {
      deepest = Math.max(deepest, ++depth);
      boolean first = answered.isEmpty();
      answered.add(current);
      causes += cause.isPresent() ? 1 : 0;
      try {
        if (first) {
          afterFirst.run();
        }
      } finally {
        depth--;
      }
    }

    @Override
    public void ignored() {
      ignored++;
    }

    @Override
    public void failed(Throwable failure) {
      failures.add(failure);
    }
  }
}
