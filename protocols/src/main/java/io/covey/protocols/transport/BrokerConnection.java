package io.covey.protocols.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a broker, from the attempt to its end; it is never used again. What must
 * outlast it is kept by {@link ReconnectingTransport}.
 *
 * <p>Thread rule: the owner's thread, but for {@link #disconnect} and acknowledgements. Everything
 * comes back on the owner's thread, and nothing after {@link #abort} or {@link #disconnect}, but
 * for messages at QoS 0 that had come before.
 */
interface BrokerConnection {

  /** What the owner hears. */
  interface Events {
    void onAccepted(BrokerConnection connection, boolean sessionPresent);

    void onMessage(InboundMessage message);

    /** At QoS 1 the broker has answered, at QoS 0 it is sent; {@code refusal} says no. */
    void onPublished(
        BrokerConnection connection, PendingPublication publication, @Nullable String refusal);

    /** May be said several times, for several reasons. */
    void onLost(BrokerConnection connection, String reason);
  }

  /** Starts to connect; {@link Events#onAccepted} or {@link Events#onLost} follows, or neither. */
  void connect() throws IOException;

  /**
   * Subscribes; {@code done} runs when the broker has answered.
   *
   * @param filters may be empty
   * @param retainedAlways whether retained messages come also for a subscription that the broker
   *     already has
   */
  void subscribe(Map<String, QualityOfService> filters, boolean retainedAlways, Runnable done);

  /** Takes a subscription back; {@code done} runs when the broker has agreed. */
  void unsubscribe(String filter, Runnable done);

  /** How many messages may be on the way to the broker. */
  int window();

  /** Whether the broker takes a message of this size. */
  boolean takes(Publication publication);

  /** Sends; {@link Events#onPublished} follows, or {@link Events#onLost}. */
  void publish(PendingPublication publication);

  /** The longest silence that was agreed with the broker. */
  Duration keepAlive();

  /** How long the broker has been silent. */
  Duration silence();

  /** False when the connection is over, whether or not that has been said. */
  boolean isConnected();

  /** Ends the connection at once, without a DISCONNECT. */
  void abort();

  /**
   * Says goodbye and waits until the broker has it, or {@code timeout} has passed. Any thread.
   *
   * @param willDue whether the broker is to publish the will all the same
   */
  void disconnect(Duration timeout, boolean willDue);
}
