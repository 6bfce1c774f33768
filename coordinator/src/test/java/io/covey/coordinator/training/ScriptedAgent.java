package io.covey.coordinator.training;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.privacy.Contribution;
import io.covey.crypto.privacy.UpdateEncoder;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An agent that reports the same delta for every parameter in every round, without training. */
final class ScriptedAgent implements MqttTransport.Listener {
  final AgentId id;
  final List<RoundPlan> plans = new ArrayList<>();
  final List<RoundClosed> closed = new ArrayList<>();
  final List<DesiredState> desired = new ArrayList<>();

  /** Whether it answers plans. */
  boolean answers = true;

  private final Topics topics;
  private final MqttTransport transport;
  private final float delta;
  private final int examples;
  private long sequence;

  ScriptedAgent(InMemoryNetwork network, FleetId fleet, String name, float delta, int examples) {
    this.id = new AgentId(name);
    this.topics = new Topics(fleet);
    this.transport = network.connect(InMemoryNetwork.settings(name));
    this.delta = delta;
    this.examples = examples;
    transport.subscribe(topics.toAgent(id), QualityOfService.AT_LEAST_ONCE);
    transport.open(this);
  }

  @Override
  public void onConnected(boolean sessionPresent) {
    say(topics.agent(id, AgentChannel.PRESENCE), new Presence(true, "test"), true);
    say(topics.agent(id, AgentChannel.REPORTED), new ReportedState(0, List.of(), true), false);
  }

  @Override
  public void onDisconnected(String reason) {}

  @Override
  public void onMessage(InboundMessage message) {
    message.acknowledge().run();
    Message body = decoded(message.payload());
    if (body instanceof RoundPlan plan) {
      plans.add(plan);
      if (answers) {
        sendUpdate(plan, update(plan));
      }
    } else if (body instanceof RoundClosed over) {
      closed.add(over);
    } else if (body instanceof DesiredState state) {
      desired.add(state);
    }
  }

  void sendUpdate(RoundPlan plan, ByteString words) {
    int chunkBytes = Limits.CHUNK_WORDS * Long.BYTES;
    int count = (words.size() - 1) / chunkBytes + 1;
    for (int i = 0; i < count; i++) {
      ByteString piece =
          words.substring(i * chunkBytes, Math.min(words.size(), (i + 1) * chunkBytes));
      say(
          topics.round(id, plan.round(), RoundStep.UPDATE),
          new UpdateChunk(plan.round(), i, count, piece),
          false);
    }
  }

  void say(String topic, Message message, boolean retain) {
    publish(topic, MessageCodec.encode(new Envelope("boot", sequence++, message)), retain);
  }

  void publish(String topic, ByteString payload, boolean retain) {
    var unused =
        transport.publish(new Publication(topic, payload, QualityOfService.AT_LEAST_ONCE, retain));
  }

  ByteString update(RoundPlan plan) {
    float[] vector = new float[plan.encoding().parameterCount()];
    Arrays.fill(vector, delta);
    return new UpdateEncoder(UpdateLayout.of(plan.encoding(), plan.cohortSize()))
        .encode(
            vector,
            new Contribution(examples, examples * 0.5, examples / 2),
            AesCtrRandomWords.fromSeed(new byte[AesCtrRandomWords.SEED_BYTES]));
  }

  private static Message decoded(ByteString payload) {
    try {
      return MessageCodec.decode(payload).body();
    } catch (DecodeException e) {
      throw new AssertionError("the coordinator said something undecodable", e);
    }
  }
}
