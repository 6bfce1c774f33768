package io.covey.protocols.transport;

import io.covey.protocols.time.Scheduler;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/**
 * MQTT 5 over TCP or TLS with the Eclipse Paho client, whose faults end here: each connection is a
 * fresh {@link PahoConnection}, and Paho is never asked to queue, reconnect, resend or persist.
 * What was found in Paho and how each fault is contained is told in
 * docs/adr/0003-paho-contained.md.
 *
 * <p>Thread rule: any thread; the listener and all stages run on the owner's.
 */
public final class PahoTransport implements MqttTransport {
  private final ReconnectingTransport transport;

  /**
   * @param owner runs the listener and all stages; {@link #close} leaves it open
   * @param random draws the jitter of the backoff
   */
  public PahoTransport(TransportSettings settings, Scheduler owner, RandomGenerator random) {
    GuardedListener listener = GuardedListener.surviving(settings);
    this.transport =
        new ReconnectingTransport(
            settings,
            owner,
            random,
            listener,
            events -> new PahoConnection(settings, owner, events));
  }

  @Override
  public void open(Listener listener) {
    transport.open(listener);
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
    return transport.publish(publication);
  }

  @Override
  public TrafficCounters counters() {
    return transport.counters();
  }

  /** How many exceptions the listener has thrown. */
  public long listenerFailures() {
    return transport.listenerFailures();
  }

  /**
   * Waits half a second for what is on its way, says goodbye, and returns within two seconds; the
   * broker does not publish the will. What is not acknowledged by then fails with {@link
   * PublishException.Reason#CLOSED}. On the owner's thread it does not wait for what is on its way.
   */
  @Override
  public void close() {
    transport.close();
  }

  /** As {@link #close}, but the broker publishes the will. */
  public void closeWithWill() {
    transport.close(true);
  }
}
