package io.covey.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.message.SurvivorsAnnounced;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionInvariantsTest {
  private static final RoundId ROUND = new RoundId("r1");
  private static final ByteString SESSION = ByteString.copyFrom(new byte[32]);

  private final Topics topics = new Topics(new FleetId("test"));
  private final List<String> violations = new ArrayList<>();
  private final SessionInvariants invariants =
      new SessionInvariants(
          topics,
          (name, holds, whatHappened) -> {
            if (!holds) {
              violations.add(name + ": " + whatHappened.get());
            }
          });
  private long sequence;

  private void say(String agent, RoundMessage message) {
    String topic = topics.round(new AgentId(agent), ROUND, RoundStep.of(message));
    ByteString body = MessageCodec.encode(new Envelope("boot", sequence++, message));
    SignedMessage.Header header =
        new SignedMessage.Header(
            "boot", 0, 0, sequence, new SignedMessage.Period(0, 1), ByteString.EMPTY);
    ByteString nobodys = ByteString.copyFrom(new byte[64]);
    ByteString payload = new SignedMessage(header, body, nobodys).encode();
    invariants.published(new Publication(topic, payload, QualityOfService.AT_LEAST_ONCE, false));
  }

  private static SharesReleased answer(ByteString session, int share) {
    byte[] value = new byte[40];
    value[0] = (byte) share;
    return new SharesReleased(
        ROUND,
        session,
        List.of(new SharesReleased.Share(2, ByteString.copyFrom(value))),
        List.of());
  }

  private static SurvivorsAnnounced survivors(int bits) {
    return new SurvivorsAnnounced(
        ROUND,
        SESSION,
        SESSION,
        ByteString.copyFrom(new byte[] {(byte) bits}),
        ByteString.copyFrom(new byte[1]));
  }

  @Test
  void aSecondAnswerThatDiffersIsAViolationAndARedeliveryIsNone() {
    say("a1", answer(SESSION, 1));
    say("a1", answer(SESSION, 1));
    say("a2", answer(SESSION, 2));
    say("a1", answer(ByteString.copyFrom(new byte[32]).substring(0, 31).concat(one()), 3));
    assertThat(violations).isEmpty();
    say("a1", answer(SESSION, 2));
    assertThat(violations).containsExactly("nobodyUnmasksTwice: a1 gave two answers in round r1");
  }

  private static ByteString one() {
    return ByteString.copyFrom(new byte[] {1});
  }

  @Test
  void aSecondSurvivorSetIsAViolation() {
    say("a1", survivors(0b111));
    say("a2", survivors(0b111));
    assertThat(violations).isEmpty();
    assertThat(invariants.survivorsOf(ROUND)).hasValue(3);
    assertThat(invariants.survivorsOf(new RoundId("r2"))).isEmpty();
    say("a3", survivors(0b011));
    assertThat(violations)
        .containsExactly("everybodyIsToldOfTheSameSurvivors: a3 was told of others in round r1");
  }
}
