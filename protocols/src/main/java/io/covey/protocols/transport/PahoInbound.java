package io.covey.protocols.transport;

import com.google.protobuf.ByteString;
import io.covey.protocols.time.Scheduler;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages from Paho's thread to the owner's, within bounds. At QoS 1 the bound follows from the
 * receive maximum, since nothing is acknowledged before the owner has had it; at QoS 0 what is too
 * much is dropped.
 */
final class PahoInbound {
  /** Messages at QoS 1 that the broker may send before the first is acknowledged. */
  static final int RECEIVE_MAXIMUM = 64;

  /** What a message costs beside its payload, so that empty ones are bounded too. */
  private static final int OVERHEAD_BYTES = 512;

  private static final Logger LOG = LoggerFactory.getLogger(PahoInbound.class);

  /** The connection that the messages come over. */
  interface Link {
    boolean isAlive();

    /** Sends a PUBACK. */
    void acknowledge(int packetId);

    void lose(String reason);
  }

  private final Scheduler owner;
  private final BrokerConnection.Events events;
  private final Link link;
  private final long boundBytes;
  private final AtomicLong waitingBytes = new AtomicLong();

  PahoInbound(Scheduler owner, BrokerConnection.Events events, Link link, int maximumMessageBytes) {
    this.owner = owner;
    this.events = events;
    this.link = link;
    // Twice what a broker that keeps to the receive maximum can have sent.
    this.boundBytes = 2L * RECEIVE_MAXIMUM * (maximumMessageBytes + OVERHEAD_BYTES);
  }

  /** Called by Paho. Only enqueues. */
  void arrived(String topic, MqttMessage message) {
    boolean reliable = message.getQos() > 0;
    int cost = message.getPayload().length + OVERHEAD_BYTES;
    if (waitingBytes.addAndGet(cost) > boundBytes) {
      waitingBytes.addAndGet(-cost);
      if (reliable) {
        link.lose("the broker sends more at a time than the receive maximum allows");
      } else {
        LOG.debug("Dropped a message at QoS 0: too many wait");
      }
      return;
    }
    Runnable acknowledge = reliable ? acknowledgement(message.getId()) : () -> {};
    ByteString payload = ByteString.copyFrom(message.getPayload());
    InboundMessage inbound = new InboundMessage(topic, payload, message.isRetained(), acknowledge);
    owner.execute(
        () -> {
          waitingBytes.addAndGet(-cost);
          // At QoS 1 it comes again; at QoS 0 it would be lost although it is here.
          if (!reliable || link.isAlive()) {
            events.onMessage(inbound);
          }
        });
  }

  /** Packet ids belong to the connection: an acknowledgement that comes too late does nothing. */
  private Runnable acknowledgement(int packetId) {
    AtomicBoolean done = new AtomicBoolean();
    return () -> {
      if (link.isAlive() && done.compareAndSet(false, true)) {
        link.acknowledge(packetId);
      }
    };
  }
}
