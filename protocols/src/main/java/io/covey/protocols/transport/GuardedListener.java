package io.covey.protocols.transport;

import io.covey.protocols.id.Sha256;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before the owner's listener: what it throws is logged and counted, and harms nothing.
 *
 * <p>A message on which it throws stays unacknowledged, so that the broker delivers it again on the
 * next connection. It is given up (acknowledged) when it has come back and fails again, or when so
 * many are left unacknowledged that they would stop the broker from sending anything else.
 */
final class GuardedListener {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);
  private static final int LARGEST_UNACKNOWLEDGED = PahoInbound.RECEIVE_MAXIMUM / 4;
  private static final int LARGEST_REMEMBERED = 4 * LARGEST_UNACKNOWLEDGED;

  private final TransportSettings settings;
  private final boolean surviving;
  private final TrafficTally traffic = new TrafficTally();
  private final AtomicLong failures = new AtomicLong();
  private volatile MqttTransport.@Nullable Listener listener;
  private final Set<String> failedBefore = new LinkedHashSet<>();
  private int unacknowledged;

  private GuardedListener(TransportSettings settings, boolean surviving) {
    this.settings = settings;
    this.surviving = surviving;
  }

  static GuardedListener surviving(TransportSettings settings) {
    return new GuardedListener(settings, true);
  }

  /** For simulations, in which a bug must not hide: lets through what the listener throws. */
  static GuardedListener failing(TransportSettings settings) {
    return new GuardedListener(settings, false);
  }

  TrafficTally traffic() {
    return traffic;
  }

  void set(MqttTransport.Listener newListener) {
    listener = newListener;
  }

  /** From now on nothing reaches the listener. */
  void clear() {
    listener = null;
  }

  long failures() {
    return failures.get();
  }

  void onConnected(boolean sessionPresent) {
    unacknowledged = 0;
    MqttTransport.Listener current = listener;
    if (current != null) {
      guard(() -> current.onConnected(sessionPresent));
    }
  }

  void onDisconnected(String reason) {
    MqttTransport.Listener current = listener;
    if (current != null) {
      guard(() -> current.onDisconnected(reason));
    }
  }

  void onMessage(InboundMessage message) {
    MqttTransport.Listener current = listener;
    if (current == null) {
      return;
    }
    if (message.payload().size() > settings.maximumMessageBytes()) {
      LOG.warn(
          "{}: dropped a message of {} bytes, expected at most {}",
          settings.clientId(),
          message.payload().size(),
          settings.maximumMessageBytes());
      message.acknowledge().run();
      return;
    }
    traffic.received(message.payload());
    if (!guard(() -> current.onMessage(message))) {
      onFailed(message);
    }
  }

  private void onFailed(InboundMessage message) {
    // Paho does not pass on whether the broker says that this is a redelivery.
    String name = message.topic() + " " + Sha256.of(message.payload().toByteArray());
    if (failedBefore.remove(name) || unacknowledged >= LARGEST_UNACKNOWLEDGED) {
      message.acknowledge().run();
      return;
    }
    unacknowledged++;
    failedBefore.add(name);
    if (failedBefore.size() > LARGEST_REMEMBERED) {
      failedBefore.remove(failedBefore.iterator().next());
    }
  }

  /** False when {@code action} threw. Errors too: the owner's thread must live on. */
  private boolean guard(Runnable action) {
    try {
      action.run();
      return true;
    } catch (Throwable e) {
      if (!surviving) {
        throw e;
      }
      failures.incrementAndGet();
      LOG.error("{}: the listener failed", settings.clientId(), e);
      return false;
    }
  }
}
