package io.covey.coordinator.mqtt;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.ChunksWanted;
import io.covey.protocols.message.EncryptionKeyAnnounced;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.Telemetry;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.Topic;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a message belongs on a topic, and whose the topic is: it is signed by that agent. */
final class Sender {
  private Sender() {}

  /** Empty when the message does not belong on the topic. */
  static Optional<AgentId> of(Topic topic, Message message) {
    if (topic instanceof Topic.OfAgent own) {
      return own.channel() == channelOf(message) ? Optional.of(own.agent()) : Optional.empty();
    }
    if (topic instanceof Topic.OfRound place && message instanceof RoundMessage said) {
      boolean fits =
          place.step().isUp() && place.step().carries(said) && place.round().equals(said.round());
      return fits ? Optional.of(place.agent()) : Optional.empty();
    }
    return Optional.empty();
  }

  /** Null for what an agent says in no channel of its own. */
  private static @Nullable AgentChannel channelOf(Message message) {
    if (message instanceof Presence) {
      return AgentChannel.PRESENCE;
    }
    if (message instanceof ReportedState) {
      return AgentChannel.REPORTED;
    }
    if (message instanceof EncryptionKeyAnnounced) {
      return AgentChannel.ENCRYPTION_KEY;
    }
    if (message instanceof ChunksWanted) {
      return AgentChannel.CHUNK;
    }
    return message instanceof Telemetry ? AgentChannel.TELEMETRY : null;
  }
}
