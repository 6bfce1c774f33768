package io.covey.simulator.fleet;

import com.google.protobuf.ByteString;
import io.covey.coordinator.fleet.AgentMessages;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.SignedMessage;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether what the coordinator believes was said: every message that it takes was published by that
 * agent with these very words, and is taken once. Belongs to the thread of the virtual time.
 */
final class Hearsay {
  private final SessionInvariants.Check check;
  private final Map<Word, Envelope> said = new HashMap<>();

  private record Word(AgentId agent, String bootId, long sequence) {}

  Hearsay(SessionInvariants.Check check) {
    this.check = check;
  }

  /** An agent publishes something. */
  void said(AgentId agent, ByteString payload) {
    try {
      Envelope envelope = SignedMessage.readUnverified(payload);
      said.put(new Word(agent, envelope.bootId(), envelope.sequence()), envelope);
    } catch (DecodeException e) {
      throw new IllegalStateException("an agent publishes what cannot be read", e);
    }
  }

  /** What the coordinator takes goes through here. */
  AgentMessages watching(AgentMessages inbox) {
    return new AgentMessages() {
      @Override
      public void received(AgentId agent, Envelope envelope, int bytes) {
        believed(agent, envelope);
        inbox.received(agent, envelope, bytes);
      }

      @Override
      public void brokerReached(boolean sessionPresent) {
        inbox.brokerReached(sessionPresent);
      }

      @Override
      public void brokerLost(String reason) {
        inbox.brokerLost(reason);
      }
    };
  }

  private void believed(AgentId agent, Envelope envelope) {
    if (envelope.body() instanceof Presence presence && !presence.online()) {
      // A will: the broker publishes it, once or more, and it says what the broker has done.
      return;
    }
    Envelope genuine = said.remove(new Word(agent, envelope.bootId(), envelope.sequence()));
    check.check(
        "whatIsBelievedWasSaidAndOnlyOnce",
        envelope.equals(genuine),
        () -> "%s was believed to say %s".formatted(agent, envelope));
  }
}
