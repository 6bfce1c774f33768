package io.covey.simulator.network;

import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import io.covey.protocols.transport.TrafficCounters;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection on which the broker decides what the client hears. Belongs to the thread of
 * the virtual time.
 */
final class InterceptedTransport implements MqttTransport {
  private final String clientId;
  private final MqttTransport transport;
  private final HostileBroker broker;
  private @Nullable Listener listener;

  InterceptedTransport(String clientId, MqttTransport transport, HostileBroker broker) {
    this.clientId = clientId;
    this.transport = transport;
    this.broker = broker;
  }

  @Override
  public void open(Listener owner) {
    listener = owner;
    transport.open(
        new Listener() {
          @Override
          public void onConnected(boolean sessionPresent) {
            owner.onConnected(sessionPresent);
          }

          @Override
          public void onDisconnected(String reason) {
            owner.onDisconnected(reason);
          }

          @Override
          public void onMessage(InboundMessage message) {
            broker.arrived(clientId, message).forEach(owner::onMessage);
          }
        });
  }

  /** Lets the client hear something. */
  void hear(InboundMessage message) {
    if (listener != null) {
      listener.onMessage(message);
    }
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

  @Override
  public void close() {
    listener = null;
    transport.close();
  }
}
