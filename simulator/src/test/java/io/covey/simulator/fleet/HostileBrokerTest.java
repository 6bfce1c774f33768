package io.covey.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.coordinator.round.RoundRecord;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.message.AgentMessageGuard;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.message.SignedMessage.Header;
import io.covey.protocols.message.SignedMessage.Period;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.topic.Topic;
import io.covey.protocols.transport.InboundMessage;
import io.covey.simulator.fleet.HostileFleet.Passed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A broker that does what a broker can, between a real coordinator and real agents. Whatever it
 * puts beside the truth is found out for a reason that is counted, and changes nothing: every round
 * has everybody's report, and its sum is the one of a fleet whose broker is honest, to the last
 * bit.
 */
class HostileBrokerTest {
  private static final AgentId VICTIM = new AgentId("agent-001");
  private static final AgentId OTHER = new AgentId("agent-002");
  private static Sha256 honestWeights = Sha256.of(new byte[0]);

  private final HostileFleet fleet = new HostileFleet();

  @BeforeAll
  static void trainHonestly() {
    try (HostileFleet honest = new HostileFleet()) {
      assertThat(honest.train().reported()).isEqualTo(HostileFleet.AGENTS);
      honestWeights = honest.weights();
      assertThat(honest.coordinator.refused().total()).isZero();
      assertThat(honest.refusedByAgents()).isZero();
    }
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  @Test
  void whatItAltersIsNotBelieved() {
    fleet.follow((client, genuine) -> beside(genuine, HostileBrokerTest::withAlteredBody));
    assertTrainsAsIfHonest();
    assertThat(fleet.refused(Kind.BAD_SIGNATURE)).isPositive();
    assertThat(fleet.refusedByAgents()).isPositive();
  }

  @Test
  void anExpiryThatItPutsOffIsNotBelieved() {
    fleet.follow((client, genuine) -> beside(genuine, HostileBrokerTest::withLaterExpiry));
    assertTrainsAsIfHonest();
    assertThat(fleet.refused(Kind.BAD_SIGNATURE)).isPositive();
    assertThat(fleet.refusedByAgents()).isPositive();
  }

  @Test
  void whatItStripsOfItsSignatureIsNotBelieved() {
    fleet.follow((client, genuine) -> beside(genuine, SignedMessage::body));
    assertTrainsAsIfHonest();
    assertThat(fleet.refused(Kind.UNSIGNED)).isPositive();
    assertThat(fleet.refusedByAgents()).isPositive();
  }

  @Test
  void whatItSaysTwiceIsTakenOnceAndWithoutBlame() {
    fleet.follow(
        (client, genuine) -> HostileFleet.beside(genuine, genuine.topic(), genuine.payload()));
    assertTrainsAsIfHonest();
    assertThat(fleet.coordinator.refused().stale()).isPositive();
    assertThat(fleet.coordinator.refused().total()).isZero();
    assertThat(fleet.refusedByAgents()).isZero();
  }

  @Test
  void messagesThatItSwapsAreAllTaken() {
    Map<String, InboundMessage> held = new HashMap<>();
    fleet.follow(
        (client, genuine) -> {
          InboundMessage before = held.remove(client);
          if (before != null) {
            return List.of(genuine, before);
          }
          held.put(client, genuine);
          fleet.time.schedule(
              Duration.ofMillis(50),
              () -> {
                if (held.remove(client, genuine)) {
                  fleet.broker.inject(client, genuine.topic(), genuine.payload());
                  genuine.acknowledge().run();
                }
              });
          return List.of();
        });
    assertTrainsAsIfHonest();
    assertThat(fleet.coordinator.refused().total()).isZero();
    assertThat(fleet.refusedByAgents()).isZero();
  }

  @Test
  void whatItRedirectsToAnotherAgentIsNotBelieved() {
    fleet.follow(
        (client, genuine) ->
            genuine.topic().contains(VICTIM.value())
                ? List.of(genuine)
                : HostileFleet.beside(
                    genuine,
                    genuine.topic().replaceFirst("agent-\\d+", VICTIM.value()),
                    genuine.payload()));
    assertTrainsAsIfHonest();
    assertThat(fleet.refused(Kind.WRONG_SENDER)).isPositive();
    // To an agent another one's message comes on a topic that is not its own, or not signed for it.
    long before = fleet.refusedByAgents();
    List<Passed> toOther = List.copyOf(fleet.passed);
    toOther.stream()
        .filter(message -> message.clientId().equals(OTHER.value()) && isOwn(message.topic()))
        .forEach(
            message ->
                fleet.broker.inject(
                    VICTIM.value(),
                    message.topic().replace(OTHER.value(), VICTIM.value()),
                    message.payload()));
    fleet.run(Duration.ofSeconds(1));
    assertThat(fleet.refusedByAgents()).isGreaterThan(before);
  }

  @Test
  void whatItRedirectsToAnotherTopicOfItsSenderIsNotBelieved() {
    String reported = fleet.topics.agent(VICTIM, AgentChannel.REPORTED);
    fleet.follow(
        (client, genuine) ->
            HostileFleet.toCoordinator(client)
                ? HostileFleet.beside(
                    genuine,
                    genuine.topic().equals(reported)
                        ? fleet.topics.agent(VICTIM, AgentChannel.TELEMETRY)
                        : genuine.topic().replaceFirst("/up/.*", "/up/reported"),
                    genuine.payload())
                : List.of(genuine));
    assertTrainsAsIfHonest();
    assertThat(fleet.refused(Kind.BAD_SIGNATURE)).isPositive();
  }

  @Test
  void whatAnotherEnrolledAgentSignsForOneIsNotBelieved() {
    AgentId mallory = new AgentId("mallory");
    AgentMessageGuard key =
        new AgentMessageGuard(fleet.authority.enrol(mallory, 0), new Ed25519(), "run");
    String ownTopic = fleet.topics.agent(mallory, AgentChannel.PRESENCE);
    ByteString lie = signed(key, ownTopic, "run");
    fleet.follow(
        (client, genuine) ->
            HostileFleet.toCoordinator(client)
                ? HostileFleet.beside(
                    genuine, fleet.topics.agent(VICTIM, AgentChannel.PRESENCE), lie)
                : beside(genuine, message -> withSignatureOf(message, lie)));
    assertTrainsAsIfHonest();
    assertThat(fleet.refused(Kind.WRONG_SENDER)).isPositive();
    assertThat(fleet.refusedByAgents()).isPositive();
  }

  @Test
  void whatItInventsUnderAnAuthorityOfItsOwnIsNotBelieved() {
    TrialAuthority own = TrialAuthority.insecureSeeded(fleet.topics.fleet(), new Ed25519(), 666);
    AgentMessageGuard key = new AgentMessageGuard(own.enrol(VICTIM, 0), new Ed25519(), "run");
    String topic = fleet.topics.agent(VICTIM, AgentChannel.PRESENCE);
    fleet.follow(
        (client, genuine) ->
            HostileFleet.toCoordinator(client)
                ? HostileFleet.beside(genuine, topic, signed(key, topic, "run"))
                : HostileFleet.beside(genuine, genuine.topic(), ByteString.copyFromUtf8("lies")));
    assertTrainsAsIfHonest();
    assertThat(fleet.refused(Kind.NOT_ENROLLED)).isPositive();
    assertThat(fleet.refusedByAgents()).isPositive();
  }

  @Test
  void whatItRepeatsToALaterRunOfAnAgentIsNotBelieved() {
    fleet.train();
    List<Passed> old = List.copyOf(fleet.passed);
    SimulatedDevice victim = fleet.devices.get(0);
    int starts = victim.starts();
    victim.crash();
    assertThat(
            fleet.time.runUntil(
                () -> victim.starts() > starts && fleet.served() == 2, Duration.ofMinutes(10)))
        .isTrue();
    fleet.run(Duration.ofSeconds(10));
    long refused = victim.messagesRefused();
    long earlier = fleet.refused(Kind.EARLIER_RUN);

    List<Passed> ofVictim =
        old.stream().filter(m -> m.topic().contains("/" + VICTIM + "/")).toList();
    fleet.replay(ofVictim);

    long toVictim = ofVictim.stream().filter(m -> m.clientId().equals(VICTIM.value())).count();
    assertThat(toVictim).isPositive();
    assertThat(victim.messagesRefused()).isEqualTo(refused + toVictim);
    assertThat(fleet.refused(Kind.EARLIER_RUN)).isEqualTo(earlier + ofVictim.size() - toVictim);
    assertThat(fleet.served()).isEqualTo(2);
    assertThat(fleet.train().reported()).isEqualTo(HostileFleet.AGENTS);
  }

  @Test
  void whatItRepeatsToALaterRunOfTheCoordinatorIsNotBelieved() {
    fleet.train();
    List<Passed> old = List.copyOf(fleet.passed);
    fleet.coordinator.kill();
    fleet.run(Duration.ofSeconds(10));
    fleet.coordinator.start();
    fleet.run(Duration.ofMinutes(2));
    long refused = fleet.refusedByAgents();
    long quiet = fleet.coordinator.refused().stale();

    fleet.replay(old.stream().filter(m -> isOwn(m.topic())).toList());

    long up = old.stream().filter(m -> HostileFleet.toCoordinator(m.clientId())).count();
    long down = old.stream().filter(m -> isOwn(m.topic())).count() - up;
    // The first words of each agent's run were said to no coordinator: those are merely old.
    long firstWords = fleet.coordinator.refused().stale() - quiet;
    assertThat(firstWords).isLessThan(up / 2);
    assertThat(fleet.refused(Kind.EARLIER_RUN)).isEqualTo(up - firstWords);
    assertThat(fleet.refusedByAgents()).isEqualTo(refused + down);
    assertThat(fleet.served()).isEqualTo(2);
    assertThat(fleet.train().reported()).isEqualTo(HostileFleet.AGENTS);
  }

  @Test
  void whatItHoldsBackUntilItsTimeIsOverIsNotBelieved() {
    Map<String, InboundMessage> held = new HashMap<>();
    fleet.follow(
        (client, genuine) -> {
          Topic topic = fleet.topics.parse(genuine.topic()).orElseThrow();
          boolean close =
              topic instanceof Topic.OfRound round
                  && round.step() == RoundStep.CLOSE
                  && round.agent().equals(VICTIM);
          boolean telemetry =
              topic instanceof Topic.OfAgent own && own.channel() == AgentChannel.TELEMETRY;
          if (!close && !telemetry) {
            return List.of(genuine);
          }
          genuine.acknowledge().run();
          held.putIfAbsent(client, genuine);
          return List.of();
        });
    assertTrainsAsIfHonest();
    fleet.run(Duration.ofMinutes(1));
    assertThat(held).containsOnlyKeys(VICTIM.value(), SimulatedCoordinator.CLIENT_ID);
    fleet.run(Duration.ofHours(1));
    long refused = fleet.refusedByAgents();

    held.forEach(
        (client, message) -> fleet.broker.inject(client, message.topic(), message.payload()));
    fleet.run(Duration.ofSeconds(1));

    assertThat(fleet.refused(Kind.EXPIRED)).isEqualTo(1);
    assertThat(fleet.refusedByAgents()).isEqualTo(refused + 1);
  }

  private void assertTrainsAsIfHonest() {
    RoundRecord round = fleet.train();
    assertThat(round.state()).isEqualTo(RoundRecord.State.COMMITTED);
    assertThat(round.reported()).isEqualTo(HostileFleet.AGENTS);
    assertThat(fleet.weights()).isEqualTo(honestWeights);
  }

  private boolean isOwn(String topic) {
    return fleet.topics.route(topic).orElseThrow().agent().isPresent();
  }

  private ByteString signed(AgentMessageGuard key, String topic, String run) {
    Envelope lie = new Envelope(run, 1, new Presence(false, "lies"));
    return key.sign(topic, lie, Duration.ofDays(1), fleet.time.now());
  }

  /** What somebody makes of a message. */
  private interface Forger {
    ByteString forge(SignedMessage genuine);
  }

  private static List<InboundMessage> beside(InboundMessage genuine, Forger forger) {
    return HostileFleet.beside(genuine, genuine.topic(), forger.forge(read(genuine.payload())));
  }

  private static SignedMessage read(ByteString payload) {
    try {
      return SignedMessage.decode(payload);
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  private static ByteString withAlteredBody(SignedMessage genuine) {
    byte[] body = genuine.body().concat(ByteString.copyFrom(new byte[1])).toByteArray();
    body[body.length / 2] ^= 1;
    return new SignedMessage(genuine.header(), ByteString.copyFrom(body), genuine.signature())
        .encode();
  }

  private static ByteString withLaterExpiry(SignedMessage genuine) {
    Header header = genuine.header();
    Period period = header.period();
    Period later = new Period(period.issuedAtMillis(), period.expiresAtMillis() + 3_600_000);
    Header altered =
        new Header(
            header.session(),
            header.run(),
            header.greeting(),
            header.sequence(),
            later,
            header.certificate());
    return new SignedMessage(altered, genuine.body(), genuine.signature()).encode();
  }

  private static ByteString withSignatureOf(SignedMessage genuine, ByteString other) {
    return new SignedMessage(genuine.header(), genuine.body(), read(other).signature()).encode();
  }
}
