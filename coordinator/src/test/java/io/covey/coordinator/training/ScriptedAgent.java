package io.covey.coordinator.training;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.message.AgentMessageGuard;
import io.covey.crypto.message.AgentMessageGuard.Heard;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.privacy.Contribution;
import io.covey.crypto.privacy.UpdateEncoder;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * An agent that reports the same delta for every parameter in every round, without training, and
 * takes part in the rounds' sessions.
 */
final class ScriptedAgent implements MqttTransport.Listener {
  private static final AtomicInteger RUNS = new AtomicInteger();

  final AgentId id;
  final List<RoundPlan> plans = new ArrayList<>();
  final List<RoundClosed> closed = new ArrayList<>();
  final List<DesiredState> desired = new ArrayList<>();

  /** Whether it answers plans. */
  boolean answers = true;

  /** Steps in which it says nothing. */
  Set<RoundStep> silentIn = Set.of();

  /** What happens when it is silent. */
  Runnable whenSilent = () -> {};

  /** What becomes of its messages on the way out. */
  UnaryOperator<RoundMessage> saying = message -> message;

  private final Topics topics;
  private final MqttTransport transport;
  private final AgentIdentity identity;
  private final AgentMessageGuard guard;
  private final String bootId;
  private final Supplier<Instant> clock;
  private final float delta;
  private final int examples;
  private final Map<RoundId, ScriptedParticipant> sessions = new HashMap<>();
  private long sequence = 1 + AgentMessageGuard.WILL_SEQUENCE;

  ScriptedAgent(
      VirtualTime time,
      InMemoryNetwork network,
      AgentIdentity identity,
      float delta,
      int examples) {
    this.id = identity.agent();
    this.topics = new Topics(identity.fleet());
    this.transport = network.connect(InMemoryNetwork.settings(id.value()));
    this.identity = identity;
    this.bootId = "boot-" + RUNS.incrementAndGet();
    this.guard = new AgentMessageGuard(identity, new Ed25519(), bootId);
    this.clock = time::now;
    this.delta = delta;
    this.examples = examples;
    transport.subscribe(topics.toAgent(id), QualityOfService.AT_LEAST_ONCE);
    transport.open(this);
  }

  @Override
  public void onConnected(boolean sessionPresent) {
    announce();
  }

  private void announce() {
    say(topics.agent(id, AgentChannel.PRESENCE), new Presence(true, "test"), true);
    say(topics.agent(id, AgentChannel.REPORTED), new ReportedState(0, List.of(), true), false);
  }

  @Override
  public void onDisconnected(String reason) {}

  @Override
  public void onMessage(InboundMessage message) {
    message.acknowledge().run();
    Heard heard = opened(message);
    if (heard instanceof Heard.Said said) {
      said(decoded(said.envelope()));
    } else if (heard instanceof Heard.Greeted) {
      announce();
    }
  }

  private void said(Message body) {
    if (body instanceof RoundPlan plan) {
      invited(plan);
    } else if (body instanceof RoundClosed over) {
      closed.add(over);
      sessions.remove(over.round());
    } else if (body instanceof DesiredState state) {
      desired.add(state);
    } else if (body instanceof RoundMessage said && sessions.containsKey(said.round())) {
      sessions.get(said.round()).on(said).forEach(this::sayInRound);
    }
  }

  private void invited(RoundPlan plan) {
    boolean again = plans.contains(plan);
    plans.add(plan);
    if (answers && !again) {
      byte[] seed = Sha256.of((id + "/" + plan.round()).getBytes(StandardCharsets.UTF_8)).toBytes();
      ScriptedParticipant session =
          new ScriptedParticipant(identity, plan, AesCtrRandomWords.fromSeed(seed), update(plan));
      sessions.put(plan.round(), session);
      session.begin().forEach(this::sayInRound);
    }
  }

  /** As an agent does that is shut down in order. */
  void goOffline() {
    say(topics.agent(id, AgentChannel.PRESENCE), new Presence(false, "test"), true);
  }

  void sayInRound(RoundMessage message) {
    if (silentIn.contains(RoundStep.of(message))) {
      whenSilent.run();
      return;
    }
    RoundMessage sent = saying.apply(message);
    say(topics.round(id, sent.round(), RoundStep.of(sent)), sent, false);
  }

  void say(String topic, Message message, boolean retain) {
    Envelope envelope = new Envelope(bootId, sequence++, message);
    publish(topic, guard.sign(topic, envelope, Duration.ofDays(1), clock.get()), retain);
  }

  void publish(String topic, ByteString payload, boolean retain) {
    var unused =
        transport.publish(new Publication(topic, payload, QualityOfService.AT_LEAST_ONCE, retain));
  }

  /** What it contributes to a round, without masks; the same whenever it is asked for. */
  ByteString update(RoundPlan plan) {
    float[] vector = new float[plan.encoding().parameterCount()];
    Arrays.fill(vector, delta);
    return new UpdateEncoder(UpdateLayout.of(plan.encoding(), plan.cohortSize()))
        .encode(
            vector,
            new Contribution(examples, examples * 0.5, examples / 2),
            AesCtrRandomWords.fromSeed(new byte[AesCtrRandomWords.SEED_BYTES]));
  }

  private Heard opened(InboundMessage message) {
    try {
      return guard.open(message.topic(), message.payload(), clock.get());
    } catch (DecodeException e) {
      if (e.kind() == DecodeException.Kind.EARLIER_RUN) {
        // Said to an agent that was replaced by this one.
        return new Heard.Repeated();
      }
      throw new AssertionError("the coordinator said what nobody would believe", e);
    }
  }

  private static Message decoded(ByteString payload) {
    try {
      return MessageCodec.decode(payload).body();
    } catch (DecodeException e) {
      throw new AssertionError("the coordinator said something undecodable", e);
    }
  }
}
