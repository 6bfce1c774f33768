package io.covey.coordinator.training;

import io.covey.coordinator.round.RoundEvent;
import io.covey.coordinator.round.Step;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one round, one event at a time and in order; heavy ones are answered on a worker,
 * while the owner's thread goes on.
 *
 * <p>Bounded: messages of all agents up to a number of bytes, and of each agent up to a number.
 * What is refused is lost, since MQTT has delivered it, so both must leave room for everything that
 * agents that keep to the protocol have on its way at a time.
 *
 * <p>Thread rule: the owner's scheduler only.
 */
final class EventQueue {
  /** The round. */
  interface Handler {
    /** Whether the next event is to be answered on a worker. */
    boolean isHeavy();

    /** What the current phase answers; on a worker when it is heavy. */
    Step answer(RoundEvent event);

    /**
     * The answer is there; on the owner's thread. Events that it gives rise to wait their turn.
     *
     * @param cause the message behind the event, if there was one
     */
    void answered(Step step, Optional<RoundMessage> cause);

    /** Nothing came of the message; on the owner's thread. */
    void ignored();

    /** A defect: answering, or carrying the answer out, threw; on the owner's thread. */
    void failed(Throwable failure);
  }

  private final Scheduler scheduler;
  private final Handler handler;
  private final long maximumBytes;
  private final int messagesOfOneAgent;
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private final Map<AgentId, Integer> messages = new HashMap<>();
  private long bytes;
  private boolean busy;

  /** Either a message with its sender and size, or an event of the round's own. */
  private record Entry(
      Supplier<Optional<RoundEvent>> event,
      @Nullable AgentId from,
      @Nullable RoundMessage cause,
      int bytes) {}

  /** One of the two. */
  private record Answer(@Nullable Step step, @Nullable Throwable failure) {}

  /**
   * An empty one.
   *
   * @param maximumBytes of the messages of all agents that wait
   * @param messagesOfOneAgent that wait, at most
   */
  EventQueue(Scheduler scheduler, Handler handler, long maximumBytes, int messagesOfOneAgent) {
    this.scheduler = scheduler;
    this.handler = handler;
    this.maximumBytes = maximumBytes;
    this.messagesOfOneAgent = messagesOfOneAgent;
  }

  void add(RoundEvent event) {
    waiting.add(new Entry(() -> Optional.of(event), null, null, 0));
    pump();
  }

  /**
   * Adds what a message means.
   *
   * @param event reads it, on the thread that answers
   * @return false when there is no room for it
   */
  boolean offer(
      AgentId from, RoundMessage message, int size, Supplier<Optional<RoundEvent>> event) {
    if (bytes + size > maximumBytes || messages.getOrDefault(from, 0) >= messagesOfOneAgent) {
      return false;
    }
    bytes += size;
    messages.merge(from, 1, Integer::sum);
    waiting.add(new Entry(event, from, message, size));
    pump();
    return true;
  }

  private void pump() {
    while (!busy && !waiting.isEmpty()) {
      Entry next = waiting.remove();
      busy = true;
      if (handler.isHeavy()) {
        scheduler
            .offload(new Workload(Workload.Kind.AGGREGATION, 1), () -> answer(next))
            .handle((step, failure) -> failure == null ? step : failed(failure))
            .thenAccept(
                step -> {
                  done(next, step);
                  pump();
                });
      } else {
        doNow(next);
      }
    }
  }

  private void doNow(Entry entry) {
    Optional<Answer> answer;
    try {
      answer = answer(entry);
    } catch (RuntimeException e) {
      answer = failed(e);
    }
    done(entry, answer);
  }

  private Optional<Answer> answer(Entry entry) {
    return entry.event().get().map(event -> new Answer(handler.answer(event), null));
  }

  private static Optional<Answer> failed(Throwable failure) {
    return Optional.of(new Answer(null, failure));
  }

  private void done(Entry entry, Optional<Answer> answer) {
    if (entry.from() != null) {
      bytes -= entry.bytes();
      messages.merge(entry.from(), -1, (a, b) -> a + b == 0 ? null : a + b);
    }
    try {
      tell(entry, answer);
    } catch (RuntimeException e) {
      // Thrown on, it would be lost in a stage that nobody looks at.
      handler.failed(e);
    } finally {
      busy = false;
    }
  }

  private void tell(Entry entry, Optional<Answer> answer) {
    if (answer.isEmpty()) {
      handler.ignored();
      return;
    }
    Step step = answer.get().step();
    Throwable failure = answer.get().failure();
    if (step != null) {
      handler.answered(step, Optional.ofNullable(entry.cause()));
    } else if (failure != null) {
      handler.failed(failure);
    }
  }
}
