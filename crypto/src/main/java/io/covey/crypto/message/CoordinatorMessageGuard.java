package io.covey.crypto.message;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.Admission;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.IdentityCertificate;
import io.covey.crypto.message.PeerSession.Verdict;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.message.SignedMessage.Header;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.Route;
import io.covey.protocols.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The coordinator's end: believes what certified agents have signed for it in their present run,
 * and signs what it says.
 *
 * <p>Thread rule: {@link #verify} and {@link #sign} do the work of public keys, on any thread; the
 * rest belongs to the owner's. What it keeps of each agent, some 300 bytes, it keeps only of agents
 * that the authority has certified.
 */
public final class CoordinatorMessageGuard {

  private final CoordinatorIdentity identity;
  private final CertifiedDirectory directory;
  private final Signer signer;
  private final Topics topics;
  private final long run;
  private final Map<AgentId, PeerSession> peers = new HashMap<>();
  private long lastGreeting;
  private long broadcasts;

  /** A message whose signature is right. */
  public record Verified(
      AgentId agent, SignedMessage message, Optional<DecodeException> untimely) {}

  /** A message of this coordinator before it is signed. */
  public record Draft(Route route, Header header) {}

  /** What is to become of a verified message. */
  public sealed interface Outcome {

    /** It is new, and of the agent's present run. */
    record Taken() implements Outcome {}

    /** It was said before: nothing is to be done. */
    record Repeated() implements Outcome {}

    /**
     * The agent has not answered a greeting in this run.
     *
     * @param greeting to be sent; empty when one is under way
     */
    record Unanswered(Optional<Draft> greeting) implements Outcome {}

    /**
     * It must not be believed.
     *
     * @param greeting to be sent, so that the agent can speak anew, or see that its clock is wrong
     */
    record Refused(DecodeException refusal, Optional<Draft> greeting) implements Outcome {}
  }

  /**
   * The guard of one run.
   *
   * @param identity signs; stays the caller's to close
   * @param directory of the agents whose certificates were seen
   * @param startedAt orders the runs of the coordinator
   */
  public CoordinatorMessageGuard(
      CoordinatorIdentity identity,
      CertifiedDirectory directory,
      Signer signer,
      Instant startedAt) {
    this.identity = identity;
    this.directory = directory;
    this.signer = signer;
    this.topics = new Topics(identity.fleet());
    this.run = Math.max(1, startedAt.toEpochMilli());
  }

  /** The fleet's. */
  public Topics topics() {
    return topics;
  }

  /**
   * Checks who has signed a message.
   *
   * @throws DecodeException that says why it must not be believed
   */
  public Verified verify(String topic, ByteString payload, Instant now) throws DecodeException {
    SignedMessage message = SignedMessage.decode(payload);
    Route route =
        topics
            .route(topic)
            .filter(place -> place.direction() == Route.Direction.UP)
            .orElseThrow(
                () -> new DecodeException(Kind.OUT_OF_RANGE, "a topic on which no agent speaks"));
    AgentId agent = route.agent().orElseThrow();
    Octets key = keyOf(agent, message.header().certificate());
    byte[] statement = MessageStatement.of(topics.fleet(), route, message.header(), message.body());
    if (!signer.verify(key, statement, Octets.owning(message.signature().toByteArray()))) {
      throw new DecodeException(
          Kind.BAD_SIGNATURE, "a message that " + agent + " did not sign for this topic");
    }
    return new Verified(agent, message, Freshness.refusal(message.header().period(), now));
  }

  private Octets keyOf(AgentId agent, ByteString encoded) throws DecodeException {
    IdentityCertificate certificate =
        IdentityCertificate.decode(Octets.owning(encoded.toByteArray()))
            .orElseThrow(
                () ->
                    new DecodeException(
                        Kind.NOT_ENROLLED, "a message of " + agent + " without a certificate"));
    Admission admission = directory.admit(agent, certificate);
    if (admission == Admission.ACCEPTED) {
      return certificate.identityKey();
    }
    if (admission == Admission.NOT_NEWER) {
      // What was signed before the certificate was renewed, such as a will, counts by the new one.
      Optional<Octets> known = directory.verificationKeyOf(agent);
      if (known.isPresent() && known.get().equals(certificate.identityKey())) {
        return certificate.identityKey();
      }
    }
    throw new DecodeException(
        kindOf(admission), "the certificate in a message of " + agent + " is " + admission);
  }

  private static Kind kindOf(Admission refusal) {
    return switch (refusal) {
      case WRONG_AGENT -> Kind.WRONG_SENDER;
      case NOT_VALID_NOW -> Kind.CERTIFICATE_ENDED;
      case REVOKED -> Kind.REVOKED;
      case ACCEPTED, WRONG_FLEET, BAD_SIGNATURE, NOT_NEWER -> Kind.NOT_ENROLLED;
    };
  }

  /** Decides on a verified message; each is asked about once. */
  public Outcome receive(Verified verified, Instant now) {
    Header header = verified.message().header();
    AgentId agent = verified.agent();
    PeerSession peer = peers.computeIfAbsent(agent, id -> new PeerSession());
    if (verified.untimely().isPresent()) {
      return new Outcome.Refused(verified.untimely().get(), greeting(agent, peer, header, now));
    }
    Verdict verdict = peer.hear(header);
    return switch (verdict) {
      case TAKEN -> new Outcome.Taken();
      case REPEATED -> new Outcome.Repeated();
      case UNANSWERED -> new Outcome.Unanswered(greeting(agent, peer, header, now));
      case EARLIER_SESSION -> new Outcome.Refused(earlier(agent), Optional.empty());
      case EARLIER_GREETING ->
          new Outcome.Refused(earlier(agent), greeting(agent, peer, header, now));
    };
  }

  private static DecodeException earlier(AgentId agent) {
    return new DecodeException(
        Kind.EARLIER_RUN,
        "a message of "
            + agent
            + " from an earlier run of it, or to an earlier run of the coordinator");
  }

  private Optional<Draft> greeting(AgentId agent, PeerSession peer, Header header, Instant now) {
    if (!peer.isToBeGreeted(header.session(), now)) {
      return Optional.empty();
    }
    lastGreeting = Math.max(lastGreeting + 1, now.toEpochMilli());
    long sequence = peer.greet(header.session(), lastGreeting, now);
    Header said =
        new Header(
            header.session(),
            run,
            lastGreeting,
            sequence,
            Freshness.period(now, MessageLifetimes.GREETING),
            ByteString.EMPTY);
    Route route = routeOf(topics.agent(agent, AgentChannel.GREETING));
    return Optional.of(new Draft(route, said));
  }

  /**
   * The header of what is said now on a topic; to be signed and sent in the order of drafts.
   *
   * @return empty when it is for an agent that was not heard in this run, which would not believe
   *     it: it is told when it is heard
   * @throws IllegalArgumentException for a topic on which the coordinator does not speak
   */
  public Optional<Draft> draft(String topic, Duration lifetime, Instant now) {
    Route route = routeOf(topic);
    String session = "";
    long sequence;
    if (route.agent().isPresent()) {
      PeerSession peer = peers.get(route.agent().get());
      if (peer == null || peer.session().isEmpty()) {
        return Optional.empty();
      }
      session = peer.session();
      sequence = peer.nextSequence();
    } else {
      sequence = broadcasts++;
    }
    return Optional.of(
        new Draft(
            route,
            new Header(
                session, run, 0, sequence, Freshness.period(now, lifetime), ByteString.EMPTY)));
  }

  /** The bytes of a message. */
  public ByteString sign(Draft draft, ByteString body) {
    byte[] statement = MessageStatement.of(topics.fleet(), draft.route(), draft.header(), body);
    Octets signature = signer.sign(identity.signingKey(), statement);
    return new SignedMessage(draft.header(), body, ByteString.copyFrom(signature.toBytes()))
        .encode();
  }

  private Route routeOf(String topic) {
    return topics
        .route(topic)
        .filter(place -> place.direction() != Route.Direction.UP)
        .orElseThrow(
            () -> new IllegalArgumentException("the coordinator does not speak on " + topic));
  }
}
