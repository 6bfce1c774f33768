package io.covey.coordinator.mqtt;

import static io.covey.protocols.transport.QualityOfService.AT_LEAST_ONCE;

import com.google.protobuf.ByteString;
import io.covey.coordinator.fleet.AgentMessages;
import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.crypto.message.CoordinatorMessageGuard;
import io.covey.crypto.message.CoordinatorMessageGuard.Draft;
import io.covey.crypto.message.CoordinatorMessageGuard.Outcome;
import io.covey.crypto.message.MessageLifetimes;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.message.TrustDocument;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.topic.Route;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.topic.TrustPlace;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.Publication;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator's end of MQTT: believes what agents have signed, and signs what it says, both on
 * workers. Thread rule: the owner's scheduler only, which is also where the transport calls back.
 */
public final class FleetLink implements FleetMessenger, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FleetLink.class);

  /**
   * At QoS 1 all that is under way fits into half of it, whoever says it. What an agent says at QoS
   * 0 has no such bound: no agent takes more than the other half.
   */
  private static final WorkLanes.Bounds WAITING_TO_BE_VERIFIED =
      new WorkLanes.Bounds(32L << 20, 16L << 20);

  private final Scheduler scheduler;
  private final MqttTransport transport;
  private final Voice voice;
  private final Topics topics;
  private final RefusedMessages refused;
  private final MessageLifetimes lifetimes = new MessageLifetimes();
  private final WorkLanes verifying;
  private final WorkLanes signing;
  private long sequence;
  private long bytesSent;

  /**
   * Who speaks.
   *
   * @param bootId names this run of the coordinator
   * @param guard of this run
   */
  public record Voice(String bootId, CoordinatorMessageGuard guard) {}

  /** A message whose sender has signed it, and which belongs on its topic. */
  private record Read(CoordinatorMessageGuard.Verified verified, Envelope envelope) {}

  /**
   * @param refused counts what could not be read, or not be believed
   */
  public FleetLink(
      Scheduler scheduler, MqttTransport transport, Voice voice, RefusedMessages refused) {
    this.scheduler = scheduler;
    this.transport = transport;
    this.voice = voice;
    this.topics = voice.guard().topics();
    this.refused = refused;
    this.verifying = new WorkLanes(scheduler, WAITING_TO_BE_VERIFIED);
    // What waits here is this coordinator's own, and bounded by those who say it.
    this.signing = new WorkLanes(scheduler, WorkLanes.Bounds.NONE);
  }

  /** Connects, and stays connected until closed. */
  public void open(AgentMessages receiver) {
    transport.subscribe(topics.fromAgents(), AT_LEAST_ONCE);
    transport.open(
        new MqttTransport.Listener() {
          @Override
          public void onConnected(boolean sessionPresent) {
            receiver.brokerReached(sessionPresent);
          }

          @Override
          public void onDisconnected(String reason) {
            receiver.brokerLost(reason);
          }

          @Override
          public void onMessage(InboundMessage message) {
            take(message, receiver);
          }
        });
  }

  private void take(InboundMessage message, AgentMessages receiver) {
    Instant now = scheduler.now();
    boolean taken =
        verifying.submit(
            new WorkLanes.Origin(
                topics.route(message.topic()).flatMap(Route::agent), message.payload().size()),
            () -> read(message, now),
            read -> acknowledging(message, () -> decide(message, read, receiver)),
            failure -> acknowledging(message, () -> refuse(message, failure)));
    if (!taken) {
      DecodeException overload =
          new DecodeException(Kind.OVERLOADED, "too many messages wait to be verified");
      acknowledging(message, () -> refused.add(message.topic(), overload));
    }
  }

  /** Whatever it was, the same bytes again would change nothing. */
  private static void acknowledging(InboundMessage message, Runnable action) {
    try {
      action.run();
    } finally {
      message.acknowledge().run();
    }
  }

  private void refuse(InboundMessage message, Exception failure) {
    if (failure instanceof DecodeException refusal) {
      refused.add(message.topic(), refusal);
    } else {
      throw new IllegalStateException("a message could not be verified", failure);
    }
  }

  private Read read(InboundMessage message, Instant now) throws DecodeException {
    CoordinatorMessageGuard.Verified verified =
        voice.guard().verify(message.topic(), message.payload(), now);
    SignedMessage.Header header = verified.message().header();
    Envelope envelope = MessageCodec.decode(verified.message().body());
    if (!envelope.bootId().equals(header.session()) || envelope.sequence() != header.sequence()) {
      throw new DecodeException(
          Kind.OUT_OF_RANGE, "run or sequence differ from those that are signed with the message");
    }
    if (topics
        .parse(message.topic())
        .flatMap(topic -> Sender.of(topic, envelope.body()))
        .isEmpty()) {
      throw new DecodeException(
          Kind.OUT_OF_RANGE,
          envelope.body().getClass().getSimpleName() + " does not belong on this topic");
    }
    return new Read(verified, envelope);
  }

  private void decide(InboundMessage message, Read read, AgentMessages receiver) {
    Outcome outcome = voice.guard().receive(read.verified(), scheduler.now());
    if (outcome instanceof Outcome.Taken) {
      receiver.received(read.verified().agent(), read.envelope(), message.payload().size());
    } else if (outcome instanceof Outcome.Refused no) {
      refused.add(message.topic(), no.refusal());
      no.greeting().ifPresent(greeting -> greet(read.envelope(), greeting));
    } else {
      refused.addStale();
      if (outcome instanceof Outcome.Unanswered first) {
        first.greeting().ifPresent(greeting -> greet(read.envelope(), greeting));
      }
    }
  }

  /** Who has left cannot answer. */
  private void greet(Envelope heard, Draft greeting) {
    if (!(heard.body() instanceof Presence presence) || presence.online()) {
      var unused = signAndPublish(greeting, () -> ByteString.EMPTY, false);
    }
  }

  @Override
  public CompletionStage<Void> sendDesired(AgentId agent, DesiredState desired) {
    AgentChannel channel = AgentChannel.DESIRED;
    return send(topics.agent(agent, channel), desired, channel.retain());
  }

  @Override
  public CompletionStage<Void> sendKey(AgentId agent, GroupKeyGranted key) {
    AgentChannel channel = AgentChannel.KEY;
    return send(topics.agent(agent, channel), key, channel.retain());
  }

  @Override
  public CompletionStage<Void> sendRound(AgentId agent, RoundMessage message) {
    return send(topics.round(agent, message.round(), RoundStep.of(message)), message, false);
  }

  @Override
  public CompletionStage<Void> publishChunk(ModelName model, ArtifactChunk chunk) {
    return send(topics.artifactChunk(model, chunk.digest(), chunk.index()), chunk, true);
  }

  @Override
  public CompletionStage<Void> sendChunk(ModelName model, ArtifactChunk chunk) {
    return send(topics.artifactChunk(model, chunk.digest(), chunk.index()), chunk, false);
  }

  @Override
  public CompletionStage<Void> clearChunk(ModelName model, Sha256 artifact, int chunk) {
    String topic = topics.artifactChunk(model, artifact, chunk);
    // MQTT 5.0, section 3.3.1.3: an empty retained message takes the kept one away.
    return publishInOrder(topic, Optional.empty(), () -> ByteString.EMPTY, true);
  }

  @Override
  public CompletionStage<Void> publishTrust(TrustPlace place, TrustDocument document) {
    return send(topics.trust(place), document, true);
  }

  @Override
  public long bytesSent() {
    return bytesSent;
  }

  @Override
  public void close() {
    transport.close();
  }

  private CompletionStage<Void> send(String topic, Message message, boolean retain) {
    Optional<Draft> draft = voice.guard().draft(topic, lifetimes.of(message), scheduler.now());
    if (draft.isEmpty()) {
      LOG.debug("nothing is said on {} before its agent is heard", topic);
      return CompletableFuture.completedFuture(null);
    }
    Envelope envelope = new Envelope(voice.bootId(), sequence++, message);
    return signAndPublish(draft.get(), () -> MessageCodec.encode(envelope), retain);
  }

  private CompletionStage<Void> signAndPublish(
      Draft draft, Supplier<ByteString> body, boolean retain) {
    return publishInOrder(
        draft.route().topic(),
        draft.route().agent(),
        () -> voice.guard().sign(draft, body.get()),
        retain);
  }

  private CompletionStage<Void> publishInOrder(
      String topic, Optional<AgentId> agent, Callable<ByteString> payload, boolean retain) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    signing.submit(
        new WorkLanes.Origin(agent, 0),
        payload,
        signed -> publish(new Publication(topic, signed, AT_LEAST_ONCE, retain), done),
        done::completeExceptionally);
    return done;
  }

  private void publish(Publication publication, CompletableFuture<Void> done) {
    bytesSent += publication.payload().size();
    transport
        .publish(publication)
        .whenComplete(
            (taken, failure) -> {
              if (failure == null) {
                done.complete(null);
              } else {
                done.completeExceptionally(failure);
              }
            });
  }
}
