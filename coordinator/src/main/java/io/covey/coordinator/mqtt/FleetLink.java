package io.covey.coordinator.mqtt;

import com.google.protobuf.ByteString;
import io.covey.coordinator.fleet.AgentMessages;
import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.TrustDocument;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.topic.TrustPlace;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import java.util.concurrent.CompletionStage;

/**
 * The coordinator's end of MQTT. Thread rule: the owner's scheduler only, which is also where the
 * transport calls back.
 */
public final class FleetLink implements FleetMessenger, AutoCloseable {
  private final MqttTransport transport;
  private final Topics topics;
  private final String bootId;
  private final RefusedMessages refused;
  private long sequence;
  private long bytesSent;

  /**
   * @param bootId names this run of the coordinator
   * @param refused counts what could not be read
   */
  public FleetLink(MqttTransport transport, Topics topics, String bootId, RefusedMessages refused) {
    this.transport = transport;
    this.topics = topics;
    this.bootId = bootId;
    this.refused = refused;
  }

  /** Connects, and stays connected until closed. */
  public void open(AgentMessages receiver) {
    transport.subscribe(topics.fromAgents(), QualityOfService.AT_LEAST_ONCE);
    transport.open(
        new MqttTransport.Listener() {
          @Override
          public void onConnected(boolean sessionPresent) {
            receiver.brokerReached(sessionPresent);
          }

          @Override
          public void onDisconnected(String reason) {
            receiver.brokerLost(reason);
          }

          @Override
          public void onMessage(InboundMessage message) {
            try {
              take(message, receiver);
            } finally {
              // Whatever it was, the same bytes again would change nothing.
              message.acknowledge().run();
            }
          }
        });
  }

  private void take(InboundMessage message, AgentMessages receiver) {
    try {
      Envelope envelope = MessageCodec.decode(message.payload());
      AgentId sender =
          topics
              .parse(message.topic())
              .flatMap(topic -> Sender.of(topic, envelope.body()))
              .orElseThrow(
                  () ->
                      new DecodeException(
                          DecodeException.Kind.OUT_OF_RANGE,
                          envelope.body().getClass().getSimpleName()
                              + " does not belong on this topic"));
      receiver.received(sender, envelope, message.payload().size());
    } catch (DecodeException e) {
      refused.add(message.topic(), e);
    }
  }

  @Override
  public CompletionStage<Void> sendDesired(AgentId agent, DesiredState desired) {
    AgentChannel channel = AgentChannel.DESIRED;
    return send(topics.agent(agent, channel), desired, channel.retain());
  }

  @Override
  public CompletionStage<Void> sendRound(AgentId agent, RoundMessage message) {
    return send(topics.round(agent, message.round(), RoundStep.of(message)), message, false);
  }

  @Override
  public CompletionStage<Void> publishChunk(ModelName model, ArtifactChunk chunk) {
    return send(topics.artifactChunk(model, chunk.digest(), chunk.index()), chunk, true);
  }

  @Override
  public CompletionStage<Void> clearChunk(ModelName model, Sha256 artifact, int chunk) {
    // MQTT 5.0, section 3.3.1.3: an empty retained message takes the kept one away.
    return transport.publish(
        new Publication(
            topics.artifactChunk(model, artifact, chunk),
            ByteString.EMPTY,
            QualityOfService.AT_LEAST_ONCE,
            true));
  }

  @Override
  public CompletionStage<Void> publishTrust(TrustPlace place, TrustDocument document) {
    return send(topics.trust(place), document, true);
  }

  @Override
  public long bytesSent() {
    return bytesSent;
  }

  @Override
  public void close() {
    transport.close();
  }

  private CompletionStage<Void> send(String topic, Message message, boolean retain) {
    ByteString payload = MessageCodec.encode(new Envelope(bootId, sequence++, message));
    bytesSent += payload.size();
    return transport.publish(
        new Publication(topic, payload, QualityOfService.AT_LEAST_ONCE, retain));
  }
}
