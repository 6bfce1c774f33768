package io.covey.coordinator.training;

import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.RoundMessage;
import java.util.ArrayDeque;
import java.util.Deque;
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

  private record Outgoing(AgentId to, Supplier<? extends RoundMessage> message) {}

  PacedMessages(FleetMessenger messenger) {
    this.messenger = messenger;
  }

  void send(AgentId to, Supplier<? extends RoundMessage> message) {
    waiting.add(new Outgoing(to, message));
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
        sendNext(waiting.remove());
      }
    } finally {
      sending = false;
    }
  }

  private void sendNext(Outgoing next) {
    RoundMessage message = next.message().get();
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
