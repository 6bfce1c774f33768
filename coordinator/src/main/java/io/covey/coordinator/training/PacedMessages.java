package io.covey.coordinator.training;

import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.RoundMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/**
 * A round's messages on their way out, a few at a time: a large cohort's rosters and shares would
 * together overrun what the connection keeps for a broker that is away. Messages are made when it
 * is their turn.
 *
 * <p>Thread rule: the owner's scheduler only.
 */
final class PacedMessages {
  static final int WINDOW = 64;

  private final FleetMessenger messenger;
  private final Deque<Outgoing> waiting = new ArrayDeque<>();
  private int underWay;
  private boolean sending;

  /** What is still to be said to one agent, in order. */
  private record Outgoing(
      AgentId to, Iterator<? extends Supplier<? extends RoundMessage>> messages) {}

  PacedMessages(FleetMessenger messenger) {
    this.messenger = messenger;
  }

  void send(AgentId to, Supplier<? extends RoundMessage> message) {
    waiting.add(new Outgoing(to, List.of(message).iterator()));
    sendMore();
  }

  /** Several messages; for each agent that waits its turn there is one entry, however many. */
  void sendAll(AgentId to, List<? extends RoundMessage> messages) {
    Iterator<Supplier<RoundMessage>> each =
        messages.stream().<Supplier<RoundMessage>>map(message -> () -> message).iterator();
    waiting.add(new Outgoing(to, each));
    sendMore();
  }

  /** Nothing that still waits is sent any more. */
  void clear() {
    waiting.clear();
  }

  private void sendMore() {
    if (sending) {
      return;
    }
    sending = true;
    try {
      while (underWay < WINDOW && !waiting.isEmpty()) {
        sendNext(waiting.element());
      }
    } finally {
      sending = false;
    }
  }

  private void sendNext(Outgoing next) {
    if (!next.messages().hasNext()) {
      waiting.remove();
      return;
    }
    Supplier<? extends RoundMessage> supplier = next.messages().next();
    if (!next.messages().hasNext()) {
      // Before the message is made: one that cannot be made must not be tried again for ever.
      waiting.remove();
    }
    RoundMessage message = supplier.get();
    underWay++;
    messenger
        .sendRound(next.to(), message)
        // What does not arrive is the same to the round as a participant that does not answer.
        .whenComplete((done, failure) -> acknowledged());
  }

  private void acknowledged() {
    underWay--;
    sendMore();
  }
}
