package io.covey.simulator.fleet;

import io.covey.protocols.id.RoundId;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.topic.Topic;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.PublishException;
import io.covey.protocols.transport.QualityOfService;
import io.covey.protocols.transport.TrafficCounters;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A device's connection that knows where the device is in a round, and asks whether it crashes
 * there.
 */
final class CrashingTransport implements MqttTransport {

  /** Decides on crashes. Each method answers whether the device has crashed. */
  interface Fate {
    /** An invitation has arrived; the same one may come twice. */
    boolean invited(RoundId round);

    /** Something is about to be said in a round. */
    boolean saying(RoundId round, RoundStep step);

    /** Something is handed to the network. */
    void publishing(Publication publication);

    /** A part of an update has been handed to the network. */
    void reported(RoundId round);
  }

  private final MqttTransport transport;
  private final Topics topics;
  private final Fate fate;

  CrashingTransport(MqttTransport transport, Topics topics, Fate fate) {
    this.transport = transport;
    this.topics = topics;
    this.fate = fate;
  }

  @Override
  public void open(Listener listener) {
    transport.open(
        new Listener() {
          @Override
          public void onConnected(boolean sessionPresent) {
            listener.onConnected(sessionPresent);
          }

          @Override
          public void onDisconnected(String reason) {
            listener.onDisconnected(reason);
          }

          @Override
          public void onMessage(InboundMessage message) {
            Optional<RoundId> invitation =
                placeOf(message.topic())
                    .filter(place -> place.step() == RoundStep.PLAN)
                    .map(Topic.OfRound::round);
            if (invitation.isEmpty() || !fate.invited(invitation.get())) {
              listener.onMessage(message);
            }
          }
        });
  }

  @Override
  public void subscribe(String filter, QualityOfService qos) {
    transport.subscribe(filter, qos);
  }

  @Override
  public void unsubscribe(String filter) {
    transport.unsubscribe(filter);
  }

  @Override
  public CompletionStage<Void> publish(Publication publication) {
    Optional<Topic.OfRound> place = placeOf(publication.topic());
    if (place.isPresent() && fate.saying(place.get().round(), place.get().step())) {
      return CompletableFuture.failedStage(
          new PublishException(PublishException.Reason.CLOSED, "the device has crashed"));
    }
    fate.publishing(publication);
    CompletionStage<Void> published = transport.publish(publication);
    place
        .filter(said -> said.step() == RoundStep.UPDATE)
        .ifPresent(said -> fate.reported(said.round()));
    return published;
  }

  @Override
  public TrafficCounters counters() {
    return transport.counters();
  }

  @Override
  public void close() {
    transport.close();
  }

  private Optional<Topic.OfRound> placeOf(String topic) {
    return topics
        .parse(topic)
        .filter(Topic.OfRound.class::isInstance)
        .map(Topic.OfRound.class::cast);
  }
}
