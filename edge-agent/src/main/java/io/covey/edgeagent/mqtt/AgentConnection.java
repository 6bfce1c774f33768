package io.covey.edgeagent.mqtt;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
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
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's side of the protocol over one transport: encodes with the run's boot id and a rising
 * sequence, decodes, checks that topic and message belong together, and refuses the rest.
 */
public final class AgentConnection {
  private static final Logger LOG = LoggerFactory.getLogger(AgentConnection.class);

  /** What the coordinator says, and what happens to the connection. */
  public interface Listener {
    /** Also when the broker still had the session: whatever was missed is told again. */
    void connected(boolean sessionPresent);

    /** The transport is already trying to connect again. */
    void disconnected(String reason);

    /** The desired state, retained by the broker: it comes again with each new session. */
    void desired(DesiredState state);

    /** A signed document about releases, retained by the broker; nothing of it is checked. */
    void released(TrustPlace place, TrustDocument document);

    /** Something is said in a round; QoS 1 may bring it twice. */
    void saidInRound(RoundMessage message);
  }

  /**
   * Who speaks.
   *
   * @param bootId names this run of the agent
   */
  public record Identity(AgentId agent, String bootId, String softwareVersion) {}

  private final MqttTransport transport;
  private final Topics topics;
  private final Identity identity;
  private final ArtifactFetcher fetcher;
  private final RefusedMessages refused;
  private final Listener listener;
  private long sequence;

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

  /** Wants to hear what is released; before {@link #open}. */
  public void followReleases() {
    transport.subscribe(topics.trust(), QualityOfService.AT_LEAST_ONCE);
  }

  /** Connects, and stays connected. */
  public void open() {
    transport.subscribe(topics.toAgent(identity.agent()), QualityOfService.AT_LEAST_ONCE);
    transport.open(new TransportListener());
  }

  /**
   * What the broker is to publish, retained, when the connection of {@code agent} is lost: the
   * transport's will.
   */
  public static Publication will(Topics topics, Identity identity) {
    AgentChannel channel = AgentChannel.PRESENCE;
    Envelope envelope =
        new Envelope(identity.bootId(), 0, new Presence(false, identity.softwareVersion()));
    return new Publication(
        topics.agent(identity.agent(), channel),
        MessageCodec.encode(envelope),
        channel.qos(),
        channel.retain());
  }

  /** Tells the fleet that this agent is there, or is leaving in order. */
  public CompletionStage<Void> publishPresence(boolean online) {
    return publish(AgentChannel.PRESENCE, new Presence(online, identity.softwareVersion()));
  }

  public void publishReported(ReportedState state) {
    logFailure("reported state", publish(AgentChannel.REPORTED, state));
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
    ByteString payload = MessageCodec.encode(new Envelope(identity.bootId(), sequence++, body));
    return transport.publish(new Publication(topic, payload, qos, retain));
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
      logFailure("presence", publishPresence(true));
      listener.connected(sessionPresent);
    }

    @Override
    public void onDisconnected(String reason) {
      listener.disconnected(reason);
    }

    @Override
    public void onMessage(InboundMessage message) {
      boolean kept = false;
      try {
        kept = dispatch(message);
      } catch (DecodeException e) {
        refused.add(message.topic(), e);
      } finally {
        if (!kept) {
          message.acknowledge().run();
        }
      }
    }

    /** Whether somebody else acknowledges the message. */
    private boolean dispatch(InboundMessage message) throws DecodeException {
      Topic topic =
          topics
              .parse(message.topic())
              .orElseThrow(() -> new DecodeException(Kind.OUT_OF_RANGE, "a topic of no use here"));
      // An empty payload is how a retained message is deleted.
      if (message.payload().isEmpty()) {
        return false;
      }
      Message body = MessageCodec.decode(message.payload()).body();
      if (topic instanceof Topic.OfChunk place && body instanceof ArtifactChunk chunk) {
        if (place.chunk() != chunk.index() || !place.artifact().equals(chunk.digest())) {
          throw new DecodeException(Kind.OUT_OF_RANGE, "a chunk on another chunk's topic");
        }
        fetcher.onChunk(place, chunk, message.acknowledge());
        return true;
      }
      if (topic instanceof Topic.OfRound place) {
        requireOwn(place.agent());
        dispatchRound(place, body);
      } else if (topic instanceof Topic.OfAgent place && body instanceof DesiredState state) {
        requireOwn(place.agent());
        listener.desired(state);
      } else if (topic instanceof Topic.OfTrust of && body instanceof TrustDocument document) {
        listener.released(of.place(), document);
      } else {
        throw misplaced();
      }
      return false;
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
