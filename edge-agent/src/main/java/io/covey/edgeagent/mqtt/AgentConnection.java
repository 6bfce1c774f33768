package io.covey.edgeagent.mqtt;

import com.google.protobuf.ByteString;
import io.covey.crypto.message.AgentMessageGuard;
import io.covey.crypto.message.AgentMessageGuard.Heard;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.ChunksWanted;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.EncryptionKeyAnnounced;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.Telemetry;
import io.covey.protocols.message.TrustDocument;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.topic.Topic;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.topic.TrustPlace;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's side of the protocol over one transport: signs with the run's boot id and a rising
 * sequence, verifies, checks that topic and message belong together, and refuses the rest.
 */
public final class AgentConnection {
  private static final Logger LOG = LoggerFactory.getLogger(AgentConnection.class);

  /** What the coordinator says, and what happens to the connection. */
  public interface Listener {
    /** Also when the broker still had the session: whatever was missed is told again. */
    void connected(boolean sessionPresent);

    /** The coordinator hears this run for the first time, or in a new run of its own. */
    void greeted();

    /** The transport is already trying to connect again. */
    void disconnected(String reason);

    /** The desired state, retained by the broker: it comes again with each new session. */
    void desired(DesiredState state);

    /**
     * A signed document about releases, retained by the broker; nothing of it is checked. Comes
     * only once {@link #followReleases} was called, and is nothing to whoever has not.
     */
    default void released(TrustPlace place, TrustDocument document) {}

    /** The fleet's key, retained by the broker as the desired state is. */
    void granted(GroupKeyGranted key);

    /** Something is said in a round; QoS 1 may bring it twice. */
    void saidInRound(RoundMessage message);
  }

  /**
   * Who speaks.
   *
   * @param bootId names this run of the agent
   * @param signing of this run; empty for an agent that was not enrolled, whom nobody would believe
   */
  public record Identity(
      AgentId agent, String bootId, String softwareVersion, Optional<MessageSigning> signing) {}

  private final MqttTransport transport;
  private final Topics topics;
  private final Identity identity;
  private final ArtifactFetcher fetcher;
  private final RefusedMessages refused;
  private final Listener listener;
  private long sequence = 1 + AgentMessageGuard.WILL_SEQUENCE;

  public AgentConnection(
      MqttTransport transport,
      Topics topics,
      Identity identity,
      ArtifactFetcher fetcher,
      RefusedMessages refused,
      Listener listener) {
    this.transport = transport;
    this.topics = topics;
    this.identity = identity;
    this.fetcher = fetcher;
    this.refused = refused;
    this.listener = listener;
  }

  /** Wants to hear what is released, and who was revoked, from now on or once more. */
  public void followReleases() {
    transport.subscribe(topics.trust(), QualityOfService.AT_LEAST_ONCE);
  }

  /** Connects, and stays connected; an agent that was not enrolled says so and does not. */
  public void open() {
    if (identity.signing().isEmpty()) {
      LOG.warn(
          "{} is not enrolled: it does not connect, since nobody would believe what it says, nor it"
              + " what it hears. Enrol it: see `covey agent enrol --help`",
          identity.agent());
      return;
    }
    transport.subscribe(topics.toAgent(identity.agent()), QualityOfService.AT_LEAST_ONCE);
    fetcher.attach(this::publishWanted);
    transport.open(new TransportListener());
  }

  /**
   * What the broker is to publish, retained, when the connection of an agent is lost: the
   * transport's will. Empty for an agent that does not connect.
   */
  public static Optional<Publication> will(Topics topics, Identity identity) {
    AgentChannel channel = AgentChannel.PRESENCE;
    String topic = topics.agent(identity.agent(), channel);
    Presence gone = new Presence(false, identity.softwareVersion());
    return identity
        .signing()
        .map(signing -> signing.signWill(topic, identity.bootId(), gone))
        .map(signed -> new Publication(topic, signed, channel.qos(), channel.retain()));
  }

  /** Tells the fleet that this agent is there, or is leaving in order. */
  public CompletionStage<Void> publishPresence(boolean online) {
    return publish(AgentChannel.PRESENCE, new Presence(online, identity.softwareVersion()));
  }

  /** Tells it without waiting. */
  public void announcePresence() {
    logFailure("presence", publishPresence(true));
  }

  public void publishReported(ReportedState state) {
    logFailure("reported state", publish(AgentChannel.REPORTED, state));
  }

  /** Tells what keys are to be wrapped for. */
  public void publishEncryptionKey(ByteString certificate) {
    logFailure(
        "encryption certificate",
        publish(AgentChannel.ENCRYPTION_KEY, new EncryptionKeyAnnounced(certificate)));
  }

  private void publishWanted(ChunksWanted wanted) {
    // At QoS 0 nobody waits for it, and blocks that do not come are asked for again.
    var unused = publish(AgentChannel.CHUNK, wanted);
  }

  public void publishTelemetry(Telemetry telemetry) {
    // At QoS 0 nobody waits for it, and the next one holds the same counters.
    var unused = publish(AgentChannel.TELEMETRY, telemetry);
  }

  /** Says something in a round; completes when the broker has it. */
  public CompletionStage<Void> publishInRound(RoundMessage message) {
    String topic = topics.round(identity.agent(), message.round(), RoundStep.of(message));
    return publish(topic, message, QualityOfService.AT_LEAST_ONCE, false);
  }

  /** Says the last word of a round again. */
  public void publishFarewell(RoundMessage message) {
    logFailure("last message of a round", publishInRound(message));
  }

  /** Leaves a round. */
  public void publishDeclined(RoundDeclined message) {
    logFailure("decline", publishInRound(message));
  }

  private CompletionStage<Void> publish(AgentChannel channel, Message body) {
    return publish(topics.agent(identity.agent(), channel), body, channel.qos(), channel.retain());
  }

  private CompletionStage<Void> publish(
      String topic, Message body, QualityOfService qos, boolean retain) {
    Envelope envelope = new Envelope(identity.bootId(), sequence++, body);
    ByteString payload = signing().sign(topic, envelope);
    return transport.publish(new Publication(topic, payload, qos, retain));
  }

  private MessageSigning signing() {
    return identity
        .signing()
        .orElseThrow(() -> new IllegalStateException("an agent that is not enrolled speaks"));
  }

  private static void logFailure(String what, CompletionStage<Void> stage) {
    stage.whenComplete(
        (done, error) -> {
          if (error != null) {
            LOG.warn("The {} did not reach the broker: {}", what, error.getMessage());
          }
        });
  }

  private final class TransportListener implements MqttTransport.Listener {
    @Override
    public void onConnected(boolean sessionPresent) {
      announcePresence();
      listener.connected(sessionPresent);
      fetcher.connected();
    }

    @Override
    public void onDisconnected(String reason) {
      fetcher.disconnected();
      listener.disconnected(reason);
    }

    @Override
    public void onMessage(InboundMessage message) {
      try {
        dispatch(message);
      } catch (DecodeException e) {
        refuse(message, e);
      } finally {
        message.acknowledge().run();
      }
    }

    /** What the broker has kept from before is no fault of its: the coordinator says it anew. */
    private void refuse(InboundMessage message, DecodeException refusal) {
      if (message.retained() && refusal.kind() == Kind.EARLIER_RUN) {
        refused.addStale();
      } else {
        refused.add(message.topic(), refusal);
      }
    }

    private void dispatch(InboundMessage message) throws DecodeException {
      Topic topic =
          topics
              .parse(message.topic())
              .orElseThrow(() -> new DecodeException(Kind.OUT_OF_RANGE, "a topic of no use here"));
      // An empty payload is how a retained message is deleted.
      if (message.payload().isEmpty()) {
        return;
      }
      Heard heard = signing().open(message.topic(), message.payload());
      if (heard instanceof Heard.Said said) {
        Message body = MessageCodec.decode(said.envelope()).body();
        signing().note(body);
        dispatch(topic, body, message.retained());
      } else if (heard instanceof Heard.Greeted) {
        listener.greeted();
      } else {
        refused.addStale();
      }
    }

    private void dispatch(Topic topic, Message body, boolean retained) throws DecodeException {
      if (topic instanceof Topic.OfChunk place && body instanceof ArtifactChunk chunk) {
        if (place.chunk() != chunk.index() || !place.artifact().equals(chunk.digest())) {
          throw new DecodeException(Kind.OUT_OF_RANGE, "a chunk on another chunk's topic");
        }
        fetcher.onChunk(chunk, retained);
      } else if (topic instanceof Topic.OfRound place) {
        requireOwn(place.agent());
        dispatchRound(place, body);
      } else if (topic instanceof Topic.OfAgent place && body instanceof DesiredState state) {
        requireOwn(place.agent());
        listener.desired(state);
      } else if (topic instanceof Topic.OfTrust of && body instanceof TrustDocument document) {
        listener.released(of.place(), document);
      } else if (topic instanceof Topic.OfAgent place && body instanceof GroupKeyGranted key) {
        requireOwn(place.agent());
        listener.granted(key);
      } else {
        throw misplaced();
      }
    }

    private void dispatchRound(Topic.OfRound place, Message body) throws DecodeException {
      if (place.step().isUp()
          || !(body instanceof RoundMessage said)
          || !place.step().carries(said)) {
        throw misplaced();
      }
      if (!place.round().equals(said.round())) {
        throw new DecodeException(Kind.OUT_OF_RANGE, "a message of another round than its topic");
      }
      listener.saidInRound(said);
    }

    private void requireOwn(AgentId addressee) throws DecodeException {
      if (!addressee.equals(identity.agent())) {
        throw new DecodeException(Kind.OUT_OF_RANGE, "a message to another agent");
      }
    }

    private DecodeException misplaced() {
      return new DecodeException(Kind.OUT_OF_RANGE, "a message that does not belong on its topic");
    }
  }
}
