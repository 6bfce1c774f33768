package io.covey.protocols.transport;

import com.google.protobuf.ByteString;
import io.covey.protocols.message.Limits;
import io.covey.protocols.time.Scheduler;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttPingSender;
import org.eclipse.paho.mqttv5.client.internal.ClientComms;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, from the attempt to its end, on one Paho client that is thrown away with it. No
 * state of Paho's outlives the connection: no topic aliases, packet ids or persisted messages that
 * a new one could trip over.
 *
 * <p>Thread rule: the owner's thread, but for {@link #disconnect} and acknowledgements. Paho's
 * threads only hand over to the owner, within bounds.
 */
final class PahoConnection {
  /** Messages at QoS 1 that the broker may have on the way to us. */
  static final int RECEIVE_MAXIMUM = 64;

  /** Messages on the way to the broker, whatever it would allow. */
  static final int LARGEST_WINDOW = 32;

  private static final Logger LOG = LoggerFactory.getLogger(PahoConnection.class);

  /** Room for topic and properties in a packet, beside the payload. */
  private static final int PACKET_OVERHEAD_BYTES = 8 * 1024;

  /** What a message costs beside its payload, so that empty ones are bounded too. */
  private static final int MESSAGE_OVERHEAD_BYTES = 512;

  private static final Duration GRACE = Duration.ofSeconds(5);

  /** What the owner hears, on its thread, until the connection is aborted. */
  interface Events {
    void onAccepted(PahoConnection connection, boolean sessionPresent);

    void onMessage(InboundMessage message, boolean redelivered);

    /** At QoS 1 the broker has answered, at QoS 0 it is sent; {@code refusal} says no. */
    void onPublished(PendingPublication publication, @Nullable String refusal);

    void onLost(PahoConnection connection, String reason);
  }

  private final TransportSettings settings;
  private final Scheduler owner;
  private final Events events;
  private final PacketSocketFactory sockets;
  private final PahoThreads threads;
  private final MqttAsyncClient client;
  private final AtomicLong inboundBytes = new AtomicLong();
  private final long inboundBound;
  private volatile boolean alive = true;
  private volatile BrokerLimits limits = BrokerLimits.NONE;

  /** Throws {@link MqttException} when Paho refuses the settings. */
  PahoConnection(TransportSettings settings, Scheduler owner, Events events) throws MqttException {
    this.settings = settings;
    this.owner = owner;
    this.events = events;
    this.sockets = new PacketSocketFactory(settings.maximumMessageBytes() + PACKET_OVERHEAD_BYTES);
    // Twice what a broker that keeps to the receive maximum can have sent.
    this.inboundBound =
        2L * RECEIVE_MAXIMUM * (settings.maximumMessageBytes() + MESSAGE_OVERHEAD_BYTES);
    this.threads = new PahoThreads(settings.clientId(), this::lose);
    this.client =
        new MqttAsyncClient(
            address(settings.server()),
            settings.clientId(),
            new MemoryPersistence(),
            new OwnerPingSender(),
            threads);
    client.setManualAcks(true);
    client.setCallback(new PahoCallback(this::arrived, this::lose));
  }

  /** Starts to connect; {@link Events#onAccepted} or {@link Events#onLost} follows, or neither. */
  void connect() throws MqttException {
    client.connect(
        PahoOptions.of(settings, sockets, RECEIVE_MAXIMUM, PACKET_OVERHEAD_BYTES),
        null,
        new Answer(
            token -> {
              limits = BrokerLimits.of(token.getResponseProperties());
              String fault = limits.missing();
              if (fault != null) {
                lose(fault);
                return;
              }
              boolean sessionPresent = token.getSessionPresent();
              hand(() -> events.onAccepted(this, sessionPresent));
            },
            this::lose));
  }

  /**
   * Subscribes; {@code done} runs when the broker has answered.
   *
   * @param retainedAlways whether retained messages come also for a subscription that the broker
   *     already has
   */
  void subscribe(Map<String, QualityOfService> filters, boolean retainedAlways, Runnable done) {
    if (filters.isEmpty()) {
      done.run();
      return;
    }
    List<MqttSubscription> subscriptions = new ArrayList<>();
    filters.forEach(
        (filter, qos) -> {
          MqttSubscription subscription = new MqttSubscription(filter, qos.level());
          subscription.setRetainHandling(retainedAlways ? 0 : 1);
          subscriptions.add(subscription);
        });
    attempt(
        () ->
            client.subscribe(
                subscriptions.toArray(MqttSubscription[]::new),
                null,
                new Answer(
                    token -> {
                      logRefused(List.copyOf(filters.keySet()), token.getReasonCodes());
                      hand(done);
                    },
                    PahoConnection::leaveToDisconnected),
                new MqttProperties()));
  }

  /** Takes a subscription back; {@code done} runs when the broker has agreed. */
  void unsubscribe(String filter, Runnable done) {
    attempt(
        () ->
            client.unsubscribe(
                filter,
                null,
                new Answer(token -> hand(done), PahoConnection::leaveToDisconnected)));
  }

  /** How many messages may be on the way to the broker: always below what it has allowed. */
  int window() {
    return limits.window(LARGEST_WINDOW);
  }

  /** Whether the broker takes a message of this size. */
  boolean takes(Publication publication) {
    return limits.takes(publication);
  }

  /** Sends; {@link Events#onPublished} follows, or {@link Events#onLost}. */
  void publish(PendingPublication pending) {
    Publication publication = pending.publication();
    MqttMessage message = new MqttMessage(publication.payload().toByteArray());
    message.setQos(publication.qos().level());
    message.setRetained(publication.retain());
    // The properties must not be null, and not be shared.
    message.setProperties(new MqttProperties());
    attempt(
        () ->
            client.publish(
                publication.topic(),
                message,
                null,
                new Answer(
                    token -> {
                      String refusal = refusal(token);
                      hand(() -> events.onPublished(pending, refusal));
                    },
                    PahoConnection::leaveToDisconnected)));
  }

  /** The keep-alive that the broker has agreed to. */
  Duration keepAlive() {
    return limits.keepAlive(settings.keepAlive());
  }

  /** How long the broker has been silent. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - sockets.lastReadNanos());
  }

  /** Whether Paho believes that it is connected. */
  boolean isConnected() {
    return client.isConnected();
  }

  /** Ends the connection at once, without a DISCONNECT. Nothing is heard of it afterwards. */
  void abort() {
    alive = false;
    sockets.close();
    threads.shutdown();
    owner.schedule(GRACE, threads::endForcibly);
  }

  /**
   * Says goodbye and waits until the broker has it, or {@code timeout} has passed. Any thread.
   *
   * @param willDue whether the broker is to publish the will all the same
   */
  void disconnect(Duration timeout, boolean willDue) {
    boolean connected = isConnected();
    alive = false;
    long deadline = System.nanoTime() + timeout.toNanos();
    if (connected) {
      sayGoodbye(timeout, willDue);
    }
    sockets.close();
    threads.shutdown();
    threads.awaitEnd(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
  }

  /** Only on a connection that stands: Paho spins for ever when it is ended while it begins. */
  private void sayGoodbye(Duration timeout, boolean willDue) {
    int reason =
        willDue
            ? MqttReturnCode.RETURN_CODE_DISCONNECT_WITH_WILL_MESSAGE
            : MqttReturnCode.RETURN_CODE_SUCCESS;
    long half = timeout.toMillis() / 2;
    try {
      client.disconnect(half, null, null, reason, new MqttProperties()).waitForCompletion(half);
    } catch (MqttException | RejectedExecutionException e) {
      LOG.debug("{}: no orderly end of the connection: {}", settings.clientId(), describe(e));
    }
  }

  private void arrived(String topic, MqttMessage message) {
    boolean reliable = message.getQos() > 0;
    int cost = message.getPayload().length + MESSAGE_OVERHEAD_BYTES;
    if (inboundBytes.addAndGet(cost) > inboundBound) {
      inboundBytes.addAndGet(-cost);
      if (reliable) {
        lose("the broker sends more at a time than the receive maximum allows");
      } else {
        LOG.debug("{}: dropped a message at QoS 0: too many wait", settings.clientId());
      }
      return;
    }
    InboundMessage inbound =
        new InboundMessage(
            topic,
            ByteString.copyFrom(message.getPayload()),
            message.isRetained(),
            reliable ? acknowledgement(message.getId()) : () -> {});
    boolean redelivered = message.isDuplicate();
    owner.execute(
        () -> {
          inboundBytes.addAndGet(-cost);
          if (alive) {
            events.onMessage(inbound, redelivered);
          }
        });
  }

  /** Packet ids belong to the connection: an acknowledgement that comes too late does nothing. */
  private Runnable acknowledgement(int packetId) {
    AtomicBoolean done = new AtomicBoolean();
    return () -> {
      if (alive && done.compareAndSet(false, true)) {
        attempt(() -> client.messageArrivedComplete(packetId, 1));
      }
    };
  }

  private void logRefused(List<String> filters, int @Nullable [] reasonCodes) {
    for (int i = 0; reasonCodes != null && i < reasonCodes.length && i < filters.size(); i++) {
      if (reasonCodes[i] >= MqttReturnCode.RETURN_CODE_UNSPECIFIED_ERROR) {
        LOG.error(
            "{}: the broker refused the subscription to {} with reason code {}",
            settings.clientId(),
            filters.get(i),
            reasonCodes[i]);
      }
    }
  }

  private static @Nullable String refusal(IMqttToken token) {
    int[] codes = token.getReasonCodes();
    if (codes == null || codes.length == 0) {
      return null;
    }
    int code = codes[codes.length - 1];
    return code >= MqttReturnCode.RETURN_CODE_UNSPECIFIED_ERROR
        ? "the broker refused it with reason code " + code
        : null;
  }

  /** A request fails when its connection does, of which the callback says more. */
  private static void leaveToDisconnected(Throwable failure) {
    LOG.trace("Unanswered", failure);
  }

  /** An action of Paho's that may throw, and then loses the connection. */
  private interface PahoAction {
    void run() throws MqttException;
  }

  private void attempt(PahoAction action) {
    try {
      action.run();
    } catch (MqttException | RuntimeException e) {
      // Paho throws NullPointerException and others on a client that is going down.
      lose(describe(e));
    }
  }

  private void lose(Throwable reason) {
    lose(describe(reason));
  }

  private static String describe(Throwable reason) {
    String what = String.valueOf(reason.getMessage());
    Throwable cause = reason.getCause();
    return Limits.readable(cause == null ? what : what + ": " + cause.getMessage());
  }

  private static String address(URI server) {
    return "tcp://" + server.getHost() + ":" + server.getPort();
  }

  private void lose(String reason) {
    hand(() -> events.onLost(this, reason));
  }

  private void hand(Runnable event) {
    owner.execute(
        () -> {
          if (alive) {
            event.run();
          }
        });
  }

  /** Paho's keep-alive on the owner's timer, where Paho's own would cost a thread. */
  private final class OwnerPingSender implements MqttPingSender {
    private volatile @Nullable ClientComms comms;

    @Override
    public void init(ClientComms newComms) {
      comms = newComms;
    }

    @Override
    public void start() {
      ClientComms current = comms;
      if (current != null) {
        schedule(current.getKeepAlive());
      }
    }

    @Override
    public void stop() {
      comms = null;
    }

    @Override
    public void schedule(long delayInMilliseconds) {
      owner.schedule(Duration.ofMillis(delayInMilliseconds), () -> threads.tryRun(this::check));
    }

    /** Sends a ping when one is due, and ends the connection when the last was not answered. */
    private void check() {
      ClientComms current = comms;
      if (alive && current != null) {
        current.checkForActivity();
      }
    }
  }
}
