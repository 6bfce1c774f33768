package io.covey.protocols.transport;

import java.util.concurrent.CompletionStage;

/**
 * A connection to an MQTT 5 broker that keeps itself alive.
 *
 * <p>Thread rule: methods may be called from any thread and never block; the listener and every
 * returned stage run on the owner's {@link io.covey.protocols.time.Scheduler}.
 */
public interface MqttTransport extends AutoCloseable {

  /**
   * Starts to connect, and after every loss of the connection connects again with full-jitter
   * backoff until {@link #close}. Called once.
   */
  void open(Listener listener);

  /**
   * Subscribes now, or when connected, and again whenever the broker has lost the session. Retained
   * messages that match come each time that this is called, and when the broker has lost the
   * session; a mere reconnect does not bring them.
   */
  void subscribe(String filter, QualityOfService qos);

  /** Takes a subscription back. */
  void unsubscribe(String filter);

  /**
   * Publishes in order. At QoS 1 the stage completes when the broker has acknowledged, and the
   * message waits in a bounded outbox while there is no connection; at QoS 0 it completes when
   * handed over, and without a connection the message is dropped.
   *
   * @return fails with {@link PublishException} when the outbox is full, the payload is too large,
   *     the broker refuses, or the transport is closed
   */
  CompletionStage<Void> publish(Publication publication);

  /** What has passed so far. */
  TrafficCounters counters();

  /** Disconnects in order, within a bounded time. Nothing reaches the listener afterwards. */
  @Override
  void close();

  /**
   * What the owner hears of the connection. Exceptions from it are logged and counted, and harm
   * nothing.
   */
  interface Listener {

    /**
     * The connection stands and the subscriptions are in place. Messages may have come before this.
     *
     * @param sessionPresent whether the broker still had this client's session
     */
    void onConnected(boolean sessionPresent);

    /** The connection is lost; the transport is already trying to get it back. */
    void onDisconnected(String reason);

    /** A message of some subscription. */
    void onMessage(InboundMessage message);
  }
}
