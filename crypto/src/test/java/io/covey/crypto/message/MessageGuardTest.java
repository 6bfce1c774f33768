package io.covey.crypto.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.CertificateFacts;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.message.AgentMessageGuard.Heard;
import io.covey.crypto.message.CoordinatorMessageGuard.Draft;
import io.covey.crypto.message.CoordinatorMessageGuard.Outcome;
import io.covey.crypto.message.CoordinatorMessageGuard.Verified;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.message.SignedMessage.Header;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Both ends of signed messages, on one clock unless a test says otherwise. */
class MessageGuardTest {
  private static final FleetId FLEET = new FleetId("home");
  private static final AgentId AGENT = new AgentId("kitchen");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Envelope HELLO = new Envelope("run-1", 1, new Presence(true, "1"));

  private final Signer signer = new Ed25519();
  private final Topics topics = new Topics(FLEET);
  private final TrialAuthority authority = TrialAuthority.insecureSeeded(FLEET, signer, 1);
  private final AgentIdentity identity = authority.enrol(AGENT, 0);
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final CertifiedDirectory directory =
      new CertifiedDirectory(FleetVerifier.of(authority.coordinator().trust(), signer), () -> now);
  private CoordinatorMessageGuard coordinator = newRun();
  private AgentMessageGuard agent = new AgentMessageGuard(identity, signer, "run-1");
  private final String presence = topics.agent(AGENT, AgentChannel.PRESENCE);
  private final String desired = topics.agent(AGENT, AgentChannel.DESIRED);
  private long sequence = 1;

  private CoordinatorMessageGuard newRun() {
    return new CoordinatorMessageGuard(authority.coordinator(), directory, signer, now);
  }

  private ByteString said(String run) {
    return agent.sign(presence, new Envelope(run, sequence++, new Presence(true, "1")), HOUR, now);
  }

  private Outcome hear(ByteString payload) throws DecodeException {
    return coordinator.receive(coordinator.verify(presence, payload, now), now);
  }

  private static Draft greetingOf(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Unanswered.class);
    return ((Outcome.Unanswered) outcome).greeting().orElseThrow();
  }

  private Heard tell(Draft draft, ByteString body) throws DecodeException {
    return agent.open(draft.route().topic(), coordinator.sign(draft, body), now);
  }

  /** The agent's run is heard, greeted, and heard again. */
  private void acquaint(String run) throws DecodeException {
    Draft greeting = greetingOf(hear(said(run)));
    assertThat(tell(greeting, ByteString.EMPTY)).isEqualTo(new Heard.Greeted());
    assertThat(hear(said(run))).isEqualTo(new Outcome.Taken());
  }

  private Draft draft() {
    return coordinator.draft(desired, HOUR, now).orElseThrow();
  }

  private Kind refusedByCoordinator(String topic, ByteString payload) {
    return kind(() -> coordinator.verify(topic, payload, now));
  }

  private Kind refusedByAgent(String topic, ByteString payload) {
    return kind(() -> agent.open(topic, payload, now));
  }

  private static Kind kind(ThrowingCallable read) {
    DecodeException refusal = catchThrowableOfType(DecodeException.class, read);
    assertThat(refusal).isNotNull();
    return refusal.kind();
  }

  private static Kind kindOf(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused) outcome).refusal().kind();
  }

  @Test
  void nothingIsSaidToAnAgentBeforeItsRunHasAnswered() throws Exception {
    assertThat(coordinator.draft(desired, HOUR, now)).isEmpty();
    greetingOf(hear(said("run-1")));
    assertThat(coordinator.draft(desired, HOUR, now)).isEmpty();
    // Nor is the greeting repeated at once.
    assertThat(hear(said("run-1"))).isEqualTo(new Outcome.Unanswered(Optional.empty()));
    now = now.plus(PeerSession.GREETING_INTERVAL);
    Draft again = greetingOf(hear(said("run-1")));
    tell(again, ByteString.EMPTY);
    hear(said("run-1"));
    assertThat(tell(draft(), MessageCodec.encode(HELLO)))
        .isEqualTo(new Heard.Said(MessageCodec.encode(HELLO)));
  }

  @Test
  void theSameMessageIsTakenOnceOnBothSides() throws Exception {
    acquaint("run-1");
    ByteString up = said("run-1");
    assertThat(hear(up)).isEqualTo(new Outcome.Taken());
    assertThat(hear(up)).isEqualTo(new Outcome.Repeated());
    Draft one = draft();
    Draft two = draft();
    assertThat(tell(two, ByteString.EMPTY)).isInstanceOf(Heard.Said.class);
    assertThat(tell(one, ByteString.EMPTY)).as("overtaken").isInstanceOf(Heard.Said.class);
    assertThat(tell(two, ByteString.EMPTY)).isEqualTo(new Heard.Repeated());
  }

  @Test
  void anotherTopicIsNotWhatWasSigned() throws Exception {
    acquaint("run-1");
    String reported = topics.agent(AGENT, AgentChannel.REPORTED);
    assertThat(refusedByCoordinator(reported, said("run-1"))).isEqualTo(Kind.BAD_SIGNATURE);
    String others = topics.agent(new AgentId("cellar"), AgentChannel.PRESENCE);
    assertThat(refusedByCoordinator(others, said("run-1"))).isEqualTo(Kind.WRONG_SENDER);
    assertThat(refusedByCoordinator(desired, said("run-1"))).isEqualTo(Kind.OUT_OF_RANGE);
    ByteString down = coordinator.sign(draft(), ByteString.EMPTY);
    String greeting = topics.agent(AGENT, AgentChannel.GREETING);
    assertThat(refusedByAgent(greeting, down)).isEqualTo(Kind.BAD_SIGNATURE);
    assertThat(refusedByAgent(others, down)).isEqualTo(Kind.OUT_OF_RANGE);
    assertThat(refusedByAgent(topics.agent(new AgentId("cellar"), AgentChannel.DESIRED), down))
        .isEqualTo(Kind.OUT_OF_RANGE);
  }

  @Test
  void whateverIsAlteredIsNoLongerSigned() throws Exception {
    acquaint("run-1");
    SplittableRandom random = new SplittableRandom(1);
    byte[] valid = said("run-1").toByteArray();
    for (int i = 0; i < 2_000; i++) {
      byte[] altered = valid.clone();
      altered[random.nextInt(altered.length)] ^= (byte) (1 << random.nextInt(8));
      SignedMessage message;
      try {
        message = SignedMessage.decode(ByteString.copyFrom(altered));
        if (message.equals(SignedMessage.decode(ByteString.copyFrom(valid)))) {
          continue;
        }
        coordinator.verify(presence, message.encode(), now);
      } catch (DecodeException e) {
        continue;
      }
      throw new AssertionError("believed: " + message);
    }
  }

  @Test
  void whatWasSaidInAnEarlierRunOfTheAgentIsRefused() throws Exception {
    acquaint("run-1");
    ByteString old = said("run-1");
    ByteString oldDown = coordinator.sign(draft(), ByteString.EMPTY);
    agent = new AgentMessageGuard(identity, signer, "run-2");
    assertThat(refusedByAgent(desired, oldDown)).isEqualTo(Kind.EARLIER_RUN);
    acquaint("run-2");
    assertThat(kindOf(hear(old))).isEqualTo(Kind.EARLIER_RUN);
    agent = new AgentMessageGuard(identity, signer, "run-3");
    acquaint("run-3");
    // Of a run before the last one, which is no longer known by name: it answers no greeting.
    assertThat(kindOf(hear(old))).isEqualTo(Kind.EARLIER_RUN);
    assertThat(hear(said("run-3"))).isEqualTo(new Outcome.Taken());
  }

  @Test
  void whatWasSaidToAnEarlierRunOfTheCoordinatorIsRefusedOnceTheAgentHasAnswered()
      throws Exception {
    acquaint("run-1");
    ByteString old = said("run-1");
    ByteString oldDown = coordinator.sign(draft(), ByteString.EMPTY);
    now = now.plusSeconds(10);
    coordinator = newRun();
    // The first word is how the new coordinator hears of the agent; it is not taken.
    Draft greeting = greetingOf(hear(old));
    tell(greeting, ByteString.EMPTY);
    assertThat(hear(said("run-1"))).isEqualTo(new Outcome.Taken());
    assertThat(kindOf(hear(old))).isEqualTo(Kind.EARLIER_RUN);
    assertThat(refusedByAgent(desired, oldDown)).isEqualTo(Kind.EARLIER_RUN);
  }

  @Test
  void aWillIsTakenForTheRunThatItEndsAndForNoOther() throws Exception {
    Envelope gone = new Envelope("run-1", AgentMessageGuard.WILL_SEQUENCE, new Presence(false, ""));
    ByteString will = agent.sign(presence, gone, MessageLifetimes.RETAINED, now);
    assertThat(hear(will)).as("before anybody was heard").isEqualTo(new Outcome.Repeated());
    acquaint("run-1");
    now = now.plus(Duration.ofDays(100));
    assertThat(hear(will)).isEqualTo(new Outcome.Taken());
    agent = new AgentMessageGuard(identity, signer, "run-2");
    acquaint("run-2");
    assertThat(hear(will)).as("late").isEqualTo(new Outcome.Repeated());
  }

  @Test
  void whatComesAfterItsTimeIsRefusedAndSoIsWhatComesFromTheFuture() throws Exception {
    acquaint("run-1");
    ByteString up = said("run-1");
    ByteString down = coordinator.sign(draft(), ByteString.EMPTY);
    Instant start = now;
    now = start.plus(HOUR).plus(Freshness.CLOCK_SKEW).plusMillis(1);
    assertThat(kindOf(hear(up))).isEqualTo(Kind.EXPIRED);
    assertThat(refusedByAgent(desired, down)).isEqualTo(Kind.EXPIRED);
    now = start.minus(Freshness.CLOCK_SKEW).minusMillis(1);
    assertThat(kindOf(hear(up))).isEqualTo(Kind.WRONG_CLOCK);
    assertThatThrownBy(() -> agent.open(desired, down, now))
        .hasMessageContaining("issued PT5M ahead of the clock here")
        .hasMessageContaining("set the clock that is wrong");
    now = start.plus(HOUR).plus(Freshness.CLOCK_SKEW);
    assertThat(hear(up)).as("at the last moment").isEqualTo(new Outcome.Taken());
  }

  /** So that it hears from the coordinator, and can say, that its clock is wrong. */
  @Test
  void anAgentWhoseClockIsWrongIsGreetedAndFindsOut() throws Exception {
    assertFindsOut(Duration.ofDays(-3650), Kind.EXPIRED, Kind.WRONG_CLOCK);
    agent = new AgentMessageGuard(identity, signer, "run-2");
    assertFindsOut(Duration.ofMinutes(7), Kind.WRONG_CLOCK, Kind.EXPIRED);
  }

  private void assertFindsOut(Duration wrong, Kind atTheCoordinator, Kind atTheAgent)
      throws Exception {
    Instant right = now;
    now = right.plus(wrong);
    ByteString word = said(wrong.isNegative() ? "run-1" : "run-2");
    now = right;
    Outcome outcome = hear(word);
    assertThat(kindOf(outcome)).isEqualTo(atTheCoordinator);
    Draft greeting = ((Outcome.Refused) outcome).greeting().orElseThrow();
    ByteString signed = coordinator.sign(greeting, ByteString.EMPTY);
    now = right.plus(wrong);
    assertThat(refusedByAgent(greeting.route().topic(), signed)).isEqualTo(atTheAgent);
    now = right;
  }

  @Test
  void onlyWhomTheAuthorityHasCertifiedIsBelieved() throws Exception {
    TrialAuthority foreign = TrialAuthority.insecureSeeded(FLEET, signer, 2);
    agent = new AgentMessageGuard(foreign.enrol(AGENT, 0), signer, "run-1");
    assertThat(refusedByCoordinator(presence, said("run-1"))).isEqualTo(Kind.NOT_ENROLLED);
    agent =
        new AgentMessageGuard(
            authority.enrol(AGENT, now.getEpochSecond() + 86_400), signer, "run-1");
    assertThat(refusedByCoordinator(presence, said("run-1"))).isEqualTo(Kind.CERTIFICATE_ENDED);
    assertThat(refusedByCoordinator(presence, MessageCodec.encode(HELLO))).isEqualTo(Kind.UNSIGNED);
    Header bare =
        new Header(
            "run-1", 0, 0, 1, new SignedMessage.Period(0, 1), ByteString.copyFromUtf8("none"));
    ByteString nobodys =
        new SignedMessage(bare, ByteString.EMPTY, ByteString.copyFrom(new byte[64])).encode();
    assertThat(refusedByCoordinator(presence, nobodys)).isEqualTo(Kind.NOT_ENROLLED);
  }

  @Test
  void anotherEnrolledAgentsKeyDoesNotSignForOne() {
    AgentIdentity other = authority.enrol(new AgentId("cellar"), 0);
    ByteString genuine = said("run-1");
    Header header = decoded(genuine).header();
    byte[] statement =
        MessageStatement.of(
            FLEET, topics.route(presence).orElseThrow(), header, decoded(genuine).body());
    Octets signature = other.signingKey().sign(statement);
    ByteString forged =
        new SignedMessage(header, decoded(genuine).body(), ByteString.copyFrom(signature.toBytes()))
            .encode();
    assertThat(refusedByCoordinator(presence, forged)).isEqualTo(Kind.BAD_SIGNATURE);
  }

  private static SignedMessage decoded(ByteString payload) {
    try {
      return SignedMessage.decode(payload);
    } catch (DecodeException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCertificateThatWasRenewedStillSpeaksForTheSameKey() throws Exception {
    ByteString before = said("run-1");
    Validity later = new Validity(1, 1 + Validity.LONGEST.toSeconds());
    identity.renew(
        authority
            .authority()
            .certify(
                new CertificateFacts(FLEET, AGENT, identity.certificate().facts().serial(), later),
                identity.certificate().identityKey()));
    acquaint("run-1");
    Verified verified = coordinator.verify(presence, before, now);
    assertThat(verified.agent()).isEqualTo(AGENT);
  }

  @Test
  void whatEverybodyIsToldNeedsNoRunAndMayComeAgain() throws Exception {
    String topic = "covey/v1/home/trust/root/1";
    Draft said = coordinator.draft(topic, MessageLifetimes.RETAINED, now).orElseThrow();
    ByteString payload = coordinator.sign(said, MessageCodec.encode(HELLO));
    now = now.plus(Duration.ofDays(365));
    for (int i = 0; i < 2; i++) {
      assertThat(agent.open(topic, payload, now))
          .isEqualTo(new Heard.Said(MessageCodec.encode(HELLO)));
    }
    assertThat(refusedByAgent("covey/v1/home/trust/root/2", payload)).isEqualTo(Kind.BAD_SIGNATURE);
  }

  @Test
  void neitherSideSignsWhereItDoesNotSpeak() {
    assertThatThrownBy(() -> agent.sign(desired, HELLO, HOUR, now))
        .hasMessageContaining("kitchen does not speak on");
    assertThatThrownBy(() -> coordinator.draft(presence, HOUR, now))
        .hasMessageContaining("the coordinator does not speak on");
  }

  /** The bytes that are signed, and those that travel, change only with the format. */
  @Test
  void goldenMessage() {
    ByteString message = agent.sign(presence, HELLO, HOUR, Instant.ofEpochSecond(1_800_000_000));
    assertThat(Sha256.of(message.toByteArray()).toString())
        .isEqualTo("3b046a1bb183d38b8b47e2a8bc62198cc3ab7115d60c83892ea8c1fe04107396");
  }
}
