package io.covey.crypto.message;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.message.SignedMessage.Header;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.Route;
import io.covey.protocols.topic.Topics;
import java.time.Duration;
import java.time.Instant;

/**
 * The agent's end, for one of its runs: believes what the coordinator has signed for this run, and
 * signs what the agent says.
 *
 * <p>Belongs to the agent's thread.
 */
public final class AgentMessageGuard {
  /** Of the agent's will; everything else that it says has a higher one. */
  public static final long WILL_SEQUENCE = PeerSession.WILL_SEQUENCE;

  private final AgentIdentity identity;
  private final Signer signer;
  private final String session;
  private final Topics topics;
  private final String greetingTopic;
  private long run;
  private long greeting;
  private ReplayWindow window = new ReplayWindow();

  /** What has come. */
  public sealed interface Heard {

    /** Something new. */
    record Said(ByteString envelope) implements Heard {}

    /** Something that was said before. */
    record Repeated() implements Heard {}

    /** The coordinator has not heard this run, or not in its own: what stands is told again. */
    record Greeted() implements Heard {}
  }

  /**
   * The guard of one run.
   *
   * @param identity signs; stays the caller's to close
   * @param session names this run: the boot id
   */
  public AgentMessageGuard(AgentIdentity identity, Signer signer, String session) {
    this.identity = identity;
    this.signer = signer;
    this.session = session;
    this.topics = new Topics(identity.fleet());
    this.greetingTopic = topics.agent(identity.agent(), AgentChannel.GREETING);
  }

  /**
   * The bytes of what the agent says.
   *
   * @param topic on which it is said: one of this agent's
   * @param envelope of this run
   * @param lifetime how long it counts from now
   */
  public ByteString sign(String topic, Envelope envelope, Duration lifetime, Instant now) {
    Route route =
        topics
            .route(topic)
            .filter(place -> place.direction() == Route.Direction.UP)
            .filter(place -> place.agent().orElseThrow().equals(identity.agent()))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(identity.agent() + " does not speak on " + topic));
    ByteString body = MessageCodec.encode(envelope);
    Header header =
        new Header(
            session,
            0,
            greeting,
            envelope.sequence(),
            Freshness.period(now, lifetime),
            ByteString.copyFrom(identity.certificate().encode().toBytes()));
    Octets signature =
        identity.signingKey().sign(MessageStatement.of(topics.fleet(), route, header, body));
    return new SignedMessage(header, body, ByteString.copyFrom(signature.toBytes())).encode();
  }

  /**
   * Reads what has come on a topic.
   *
   * @throws DecodeException that says why it must not be believed
   */
  public Heard open(String topic, ByteString payload, Instant now) throws DecodeException {
    SignedMessage message = SignedMessage.decode(payload);
    Route route =
        topics
            .route(topic)
            .filter(place -> place.direction() != Route.Direction.UP)
            .orElseThrow(() -> new DecodeException(Kind.OUT_OF_RANGE, "a topic of no use here"));
    if (route.agent().isPresent() && !route.agent().get().equals(identity.agent())) {
      throw new DecodeException(Kind.OUT_OF_RANGE, "a message to another agent");
    }
    byte[] statement = MessageStatement.of(topics.fleet(), route, message.header(), message.body());
    Octets signature = Octets.owning(message.signature().toByteArray());
    if (!signer.verify(identity.coordinatorKey(), statement, signature)) {
      throw new DecodeException(
          Kind.BAD_SIGNATURE, "a message that the coordinator did not sign for this topic");
    }
    return route.agent().isPresent() ? openOwn(topic, message, now) : openForAll(message, now);
  }

  private static Heard openForAll(SignedMessage message, Instant now) throws DecodeException {
    requireTimely(message, now);
    return new Heard.Said(message.body());
  }

  private Heard openOwn(String topic, SignedMessage message, Instant now) throws DecodeException {
    Header header = message.header();
    if (!header.session().equals(session)) {
      throw new DecodeException(Kind.EARLIER_RUN, "a message to another run of this agent");
    }
    requireTimely(message, now);
    if (header.run() < run) {
      throw new DecodeException(Kind.EARLIER_RUN, "a message of an earlier run of the coordinator");
    }
    boolean newRun = header.run() > run;
    if (newRun) {
      run = header.run();
      window = new ReplayWindow();
    }
    if (!window.isNew(header.sequence())) {
      return new Heard.Repeated();
    }
    return topic.equals(greetingTopic)
        ? greeted(header.greeting(), newRun)
        : new Heard.Said(message.body());
  }

  private Heard greeted(long number, boolean newRun) {
    if (!newRun && number <= greeting) {
      return new Heard.Repeated();
    }
    greeting = number;
    return new Heard.Greeted();
  }

  private static void requireTimely(SignedMessage message, Instant now) throws DecodeException {
    var untimely = Freshness.refusal(message.header().period(), now);
    if (untimely.isPresent()) {
      throw untimely.get();
    }
  }
}
