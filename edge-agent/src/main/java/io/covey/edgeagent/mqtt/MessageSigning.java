package io.covey.edgeagent.mqtt;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.message.AgentMessageGuard;
import io.covey.crypto.message.AgentMessageGuard.Heard;
import io.covey.crypto.message.MessageLifetimes;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Message;
import java.time.InstantSource;

/**
 * Signs what one run of an agent says, and believes what the coordinator has signed for it. Belongs
 * to the agent's scheduler.
 */
public final class MessageSigning {
  private final AgentMessageGuard guard;
  private final InstantSource clock;
  private final MessageLifetimes lifetimes = new MessageLifetimes();

  /**
   * For one run.
   *
   * @param identity stays its owner's to close
   * @param bootId names the run
   */
  public MessageSigning(AgentIdentity identity, String bootId, InstantSource clock) {
    this.guard = new AgentMessageGuard(identity, new Ed25519(), bootId);
    this.clock = clock;
  }

  ByteString sign(String topic, Envelope envelope) {
    return guard.sign(topic, envelope, lifetimes.of(envelope.body()), clock.instant());
  }

  /** Signs what the broker is to say when this run's connection is lost, whenever that is. */
  ByteString signWill(String topic, String bootId, Message body) {
    Envelope will = new Envelope(bootId, AgentMessageGuard.WILL_SEQUENCE, body);
    return guard.sign(topic, will, MessageLifetimes.RETAINED, clock.instant());
  }

  /** Throws for what must not be believed. */
  Heard open(String topic, ByteString payload) throws DecodeException {
    return guard.open(topic, payload, clock.instant());
  }

  /** What was said and believed: a plan says how long its round's messages count. */
  void note(Message message) {
    lifetimes.note(message);
  }
}
