package io.covey.protocols.transport;

import io.covey.protocols.time.Scheduler;
import io.covey.protocols.transport.PublishException.Reason;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The publications of one transport: bounded, in order, never more on the way than the connection
 * allows, and each told how it ended. What is not acknowledged is sent again on the next
 * connection. The owner's thread only.
 */
final class PublicationFlow {
  private final TransportSettings settings;
  private final TrafficTally traffic;
  private final Scheduler owner;
  private final Outbox<PendingPublication> outbox;
  private Instant lastProgress = Instant.MIN;
  private boolean closed;

  PublicationFlow(TransportSettings settings, TrafficTally traffic, Scheduler owner) {
    this.settings = settings;
    this.traffic = traffic;
    this.owner = owner;
    this.outbox = new Outbox<>(settings.outbox());
  }

  /**
   * Takes a publication, or refuses it.
   *
   * @param connection that stands; null when none does
   */
  void accept(PendingPublication pending, @Nullable BrokerConnection connection) {
    Reason refusal = refusal(pending.publication(), connection != null);
    if (refusal == null && !outbox.offer(pending, pending.publication().payload().size())) {
      refusal = Reason.OUTBOX_FULL;
    }
    if (refusal != null) {
      fail(pending, refusal);
    } else if (connection != null) {
      pump(connection);
    }
  }

  /** Sends what waits, as far as the window allows. */
  void pump(BrokerConnection connection) {
    if (outbox.inFlightCount() == 0) {
      lastProgress = owner.now();
    }
    PendingPublication next = outbox.sendNext(connection.window());
    while (next != null) {
      send(next, connection);
      next = outbox.sendNext(connection.window());
    }
  }

  /** The broker has answered. */
  void answered(PendingPublication pending, @Nullable String refusal) {
    if (!outbox.acknowledge(pending)) {
      return;
    }
    lastProgress = owner.now();
    if (refusal == null) {
      owner.execute(pending::succeed);
    } else {
      owner.execute(() -> pending.fail(Reason.REFUSED_BY_BROKER, refusal));
    }
  }

  /** What was on its way waits again; at QoS 0 nothing waits. */
  void connectionLost() {
    outbox.requeueInFlight();
    outbox
        .takeIf(pending -> pending.publication().qos() == QualityOfService.AT_MOST_ONCE)
        .forEach(pending -> fail(pending, Reason.NOT_CONNECTED));
  }

  /** Refuses everything from now on. */
  void close() {
    closed = true;
  }

  /** Gives up what is left. */
  void failAll() {
    closed = true;
    outbox.drain().forEach(pending -> fail(pending, Reason.CLOSED));
  }

  boolean isEmpty() {
    return outbox.size() == 0;
  }

  /** How long something has been on its way without any answer; zero when nothing is. */
  Duration unanswered() {
    return outbox.inFlightCount() == 0
        ? Duration.ZERO
        : Duration.between(lastProgress, owner.now());
  }

  private void send(PendingPublication pending, BrokerConnection connection) {
    if (!connection.takes(pending.publication())) {
      // Sent all the same, it would end this connection and every later one.
      outbox.acknowledge(pending);
      String why = "the broker takes no packet of this size";
      owner.execute(() -> pending.fail(Reason.TOO_LARGE, why));
      return;
    }
    traffic.sent(pending.publication().payload());
    connection.publish(pending);
    if (pending.publication().qos() == QualityOfService.AT_MOST_ONCE) {
      // Handed over; it holds its place in the window until it is sent.
      owner.execute(pending::succeed);
    }
  }

  private @Nullable Reason refusal(Publication publication, boolean connected) {
    if (closed) {
      return Reason.CLOSED;
    }
    if (publication.payload().size() > settings.maximumMessageBytes()) {
      return Reason.TOO_LARGE;
    }
    boolean kept = publication.qos() == QualityOfService.AT_LEAST_ONCE;
    return kept || connected ? null : Reason.NOT_CONNECTED;
  }

  private void fail(PendingPublication pending, Reason reason) {
    owner.execute(() -> pending.fail(reason, settings));
  }
}
