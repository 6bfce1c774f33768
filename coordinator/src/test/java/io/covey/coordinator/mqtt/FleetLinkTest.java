package io.covey.coordinator.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.coordinator.fleet.AgentMessages;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.message.AgentMessageGuard;
import io.covey.crypto.message.CoordinatorMessageGuard;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.Telemetry;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.NetworkFaults;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FleetLinkTest {
  private static final AgentId AGENT = new AgentId("a1");
  private static final RoundId ROUND = new RoundId("r1");

  private final VirtualTime time = new VirtualTime(Instant.EPOCH);
  private final InMemoryNetwork network = new InMemoryNetwork(time, 1, NetworkFaults.NONE);
  private final Topics topics = new Topics(new FleetId("test"));
  private final RefusedMessages refused = new RefusedMessages(time);
  private final MqttTransport device = network.connect(InMemoryNetwork.settings("a1"));
  private final List<String> received = new ArrayList<>();

  private final TrialAuthority authority =
      TrialAuthority.insecureSeeded(topics.fleet(), new Ed25519(), 1);
  private final AgentMessageGuard guard =
      new AgentMessageGuard(authority.enrol(AGENT, 0), new Ed25519(), "b");
  private long sequence = 1;

  @BeforeEach
  void connect() {
    CertifiedDirectory directory =
        new CertifiedDirectory(
            FleetVerifier.of(authority.coordinator().trust(), new Ed25519()), time::now);
    CoordinatorMessageGuard run =
        new CoordinatorMessageGuard(authority.coordinator(), directory, new Ed25519(), time.now());
    FleetLink link =
        new FleetLink(
            time,
            network.connect(InMemoryNetwork.settings("coordinator")),
            new FleetLink.Voice("boot", run),
            refused);
    link.open(
        new AgentMessages() {
          @Override
          public void received(AgentId agent, Envelope envelope, int bytes) {
            received.add(agent + " " + envelope.body().getClass().getSimpleName());
          }

          @Override
          public void brokerReached(boolean sessionPresent) {}

          @Override
          public void brokerLost(String reason) {}
        });
    device.open(
        new MqttTransport.Listener() {
          @Override
          public void onConnected(boolean sessionPresent) {}

          @Override
          public void onDisconnected(String reason) {}

          @Override
          public void onMessage(InboundMessage message) {
            hear(message);
          }
        });
    device.subscribe(topics.toAgent(AGENT), QualityOfService.AT_LEAST_ONCE);
    time.runFor(Duration.ofSeconds(1));
    // To be greeted, and then to be heard.
    Presence presence = new Presence(true, "1");
    publish(topics.agent(AGENT, AgentChannel.PRESENCE), signed(AgentChannel.PRESENCE, presence));
    publish(topics.agent(AGENT, AgentChannel.PRESENCE), signed(AgentChannel.PRESENCE, presence));
    assertThat(received).containsExactly("a1 Presence");
    received.clear();
  }

  private void hear(InboundMessage message) {
    message.acknowledge().run();
    try {
      guard.open(message.topic(), message.payload(), time.now());
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  private ByteString signed(AgentChannel channel, Message message) {
    return signed(topics.agent(AGENT, channel), message);
  }

  private ByteString signed(String topic, Message message) {
    Envelope envelope = new Envelope("b", sequence++, message);
    return guard.sign(topic, envelope, Duration.ofHours(1), time.now());
  }

  @Test
  void everyMessageIsTakenOnItsOwnTopicAndNowhereElse() {
    Message[] messages = {
      new Presence(true, "1"),
      new ReportedState(0, List.of(), true),
      new Telemetry(0, 0, 0, 0, 0),
      new UpdateChunk(ROUND, 0, 1, ByteString.copyFrom(new byte[8])),
      new RoundDeclined(ROUND, RoundDeclined.Reason.BUSY, ""),
      new RoundClosed(ROUND, true)
    };
    String[] places = {
      topics.agent(AGENT, AgentChannel.PRESENCE),
      topics.agent(AGENT, AgentChannel.REPORTED),
      topics.agent(AGENT, AgentChannel.TELEMETRY),
      topics.round(AGENT, ROUND, RoundStep.UPDATE),
      topics.round(AGENT, ROUND, RoundStep.DECLINE)
    };
    for (Message message : messages) {
      for (String place : places) {
        publish(place, signed(place, message));
      }
    }
    assertThat(received)
        .containsExactly(
            "a1 Presence",
            "a1 ReportedState",
            "a1 Telemetry",
            "a1 UpdateChunk",
            "a1 RoundDeclined");
    assertThat(refused.total()).isEqualTo((long) messages.length * places.length - 5);
  }

  @Test
  void aRoundsMessageMustBeOfTheRoundThatItsTopicNames() {
    String topic = topics.round(AGENT, new RoundId("other"), RoundStep.UPDATE);
    publish(topic, signed(topic, new UpdateChunk(ROUND, 0, 1, ByteString.copyFrom(new byte[8]))));
    assertThat(received).isEmpty();
    assertThat(refused.total()).isEqualTo(1);
  }

  @Test
  void garbageIsCountedAndHarmsNothing() {
    publish(topics.agent(AGENT, AgentChannel.PRESENCE), ByteString.copyFromUtf8("\u0000garbage"));
    publish(topics.agent(AGENT, AgentChannel.PRESENCE) + "/more", ByteString.EMPTY);
    publish(
        topics.agent(AGENT, AgentChannel.PRESENCE),
        signed(AgentChannel.PRESENCE, new Presence(true, "1")));
    assertThat(received).containsExactly("a1 Presence");
    assertThat(refused.total()).isEqualTo(2);
  }

  private void publish(String topic, ByteString payload) {
    var unused =
        device.publish(new Publication(topic, payload, QualityOfService.AT_LEAST_ONCE, false));
    time.runFor(Duration.ofSeconds(1));
  }
}
