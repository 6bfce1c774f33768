package io.covey.protocols.transport;

import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Scheduler.Timer;
import io.covey.protocols.transport.PublishException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MQTT 5 over TCP with the Eclipse Paho client, whose faults end here. Each connection is a fresh
 * {@link PahoConnection}; what must outlast it (outbox, subscriptions, backoff) is kept in this
 * class, and Paho is never asked to reconnect, resend or persist.
 *
 * <pre>
 *   open          accepted, subscribed          lost, silent, unacknowledged
 *   -----> CONNECTING -----------------> CONNECTED ----------------+
 *              ^  | refused, no answer                             |
 *              |  +-------------------------> WAITING <------------+
 *              +---------- backoff -------------+
 * </pre>
 *
 * <p>Thread rule: all state belongs to the owner's thread; public methods hand over to it.
 */
public final class PahoTransport implements MqttTransport {
  private static final Logger LOG = LoggerFactory.getLogger(PahoTransport.class);
  private static final Duration DRAIN_TIMEOUT = Duration.ofMillis(500);
  private static final Duration DISCONNECT_TIMEOUT = Duration.ofMillis(1500);

  private enum State {
    NEW,
    WAITING,
    CONNECTING,
    CONNECTED,
    CLOSED
  }

  private final TransportSettings settings;
  private final Scheduler owner;
  private final Backoff backoff;
  private final Outbox<PendingPublication> outbox;
  private final Map<String, QualityOfService> subscriptions = new LinkedHashMap<>();
  private final Set<String> unsubscribed = new LinkedHashSet<>();
  private final TrafficTally traffic = new TrafficTally();
  private final GuardedListener listener;
  private final AtomicBoolean opened = new AtomicBoolean();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch drained = new CountDownLatch(1);
  private volatile @Nullable PahoConnection connection;
  private volatile @Nullable Thread ownerThread;
  private State state = State.NEW;
  private boolean draining;
  private Instant connectedSince = Instant.MIN;
  private Instant lastProgress = Instant.MIN;
  private @Nullable Timer timer;

  /**
   * @param owner runs the listener and all stages; {@link #close} leaves it open
   * @param random draws the backoff's jitter
   */
  public PahoTransport(TransportSettings settings, Scheduler owner, RandomGenerator random) {
    this.settings = settings;
    this.owner = owner;
    this.backoff = new Backoff(settings.backoff(), random);
    this.outbox = new Outbox<>(settings.outbox());
    this.listener = new GuardedListener(settings, traffic);
  }

  @Override
  public void open(Listener newListener) {
    if (!opened.compareAndSet(false, true)) {
      throw new IllegalStateException("a transport is opened once");
    }
    listener.set(newListener);
    onOwner(this::connect);
  }

  @Override
  public void subscribe(String filter, QualityOfService qos) {
    TopicSyntax.checkFilter(filter);
    onOwner(
        () -> {
          subscriptions.put(filter, qos);
          unsubscribed.remove(filter);
          PahoConnection current = connection;
          if (state == State.CONNECTED && current != null) {
            current.subscribe(Map.of(filter, qos), true, () -> {});
          }
        });
  }

  @Override
  public void unsubscribe(String filter) {
    onOwner(
        () -> {
          PahoConnection current = connection;
          if (subscriptions.remove(filter) != null) {
            unsubscribed.add(filter);
            if (state == State.CONNECTED && current != null) {
              sendUnsubscribe(current, filter);
            }
          }
        });
  }

  @Override
  public CompletionStage<Void> publish(Publication publication) {
    TopicSyntax.checkTopic(publication.topic());
    PendingPublication pending = new PendingPublication(publication);
    onOwner(
        () -> {
          Reason refusal = refusal(pending);
          if (refusal == null) {
            pump();
          } else {
            pending.fail(refusal, settings);
          }
        });
    return pending.stage();
  }

  @Override
  public TrafficCounters counters() {
    return traffic.snapshot();
  }

  /** How many exceptions the listener has thrown. */
  public long listenerFailures() {
    return listener.failures();
  }

  /**
   * Waits half a second for what is on its way, says goodbye, and returns within two seconds; the
   * broker does not publish the will. What is not acknowledged by then fails with {@link
   * Reason#CLOSED}. Called on the owner's thread it does not wait for what is on its way.
   */
  @Override
  public void close() {
    close(false);
  }

  /** As {@link #close}, but the broker publishes the will. */
  public void closeWithWill() {
    close(true);
  }

  private void close(boolean willDue) {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    if (Thread.currentThread() == ownerThread) {
      drain();
    } else {
      owner.execute(this::drain);
      awaitDrained();
    }
    listener.clear();
    PahoConnection last = connection;
    if (last != null) {
      last.disconnect(DISCONNECT_TIMEOUT, willDue);
    }
    owner.execute(this::end);
  }

  private void drain() {
    draining = true;
    if (state != State.CONNECTED || outbox.size() == 0) {
      drained.countDown();
    }
  }

  private void awaitDrained() {
    try {
      if (!drained.await(DRAIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.info("{}: closed before the broker had acknowledged all", settings.clientId());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end() {
    state = State.CLOSED;
    connection = null;
    cancelTimer();
    outbox.drain().forEach(pending -> pending.fail(Reason.CLOSED, settings));
  }

  private void connect() {
    if (draining || state == State.CLOSED) {
      return;
    }
    state = State.CONNECTING;
    try {
      PahoConnection attempt = new PahoConnection(settings, owner, new ConnectionEvents());
      connection = attempt;
      timer =
          owner.schedule(
              settings.connectTimeout(),
              () -> lost(attempt, "no answer within " + settings.connectTimeout()));
      attempt.connect();
    } catch (MqttException | RuntimeException e) {
      LOG.error("{}: cannot begin to connect", settings.clientId(), e);
      connectLater();
    }
  }

  private void accepted(PahoConnection accepted, boolean sessionPresent) {
    if (accepted != connection) {
      return;
    }
    if (sessionPresent) {
      unsubscribed.forEach(filter -> sendUnsubscribe(accepted, filter));
    } else {
      unsubscribed.clear();
    }
    Map<String, QualityOfService> filters = new LinkedHashMap<>(subscriptions);
    accepted.subscribe(filters, false, () -> subscribed(accepted, sessionPresent, filters));
  }

  private void subscribed(
      PahoConnection subscribed, boolean sessionPresent, Map<String, QualityOfService> filters) {
    if (subscribed != connection) {
      return;
    }
    cancelTimer();
    state = State.CONNECTED;
    connectedSince = owner.now();
    LOG.info("{}: connected to {}", settings.clientId(), settings.server());
    // Asked for while the SUBSCRIBE was on its way.
    Map<String, QualityOfService> late = new LinkedHashMap<>(subscriptions);
    late.keySet().removeAll(filters.keySet());
    subscribed.subscribe(late, true, () -> {});
    listener.onConnected(sessionPresent);
    watch(subscribed);
    pump();
  }

  /** The connection is over, by whatever sign came first. */
  private void lost(PahoConnection over, String reason) {
    if (over != connection) {
      return;
    }
    boolean wasConnected = state == State.CONNECTED;
    connection = null;
    over.abort();
    drained.countDown();
    outbox.requeueInFlight();
    outbox
        .takeIf(p -> p.publication().qos() == QualityOfService.AT_MOST_ONCE)
        .forEach(pending -> pending.fail(Reason.NOT_CONNECTED, settings));
    if (wasConnected) {
      backoff.connectionLasted(Duration.between(connectedSince, owner.now()));
    }
    Duration delay = connectLater();
    LOG.info("{}: {}; connecting again in {}", settings.clientId(), reason, delay);
    if (wasConnected) {
      listener.onDisconnected(reason);
    }
  }

  private Duration connectLater() {
    cancelTimer();
    state = State.WAITING;
    Duration delay = backoff.next();
    timer = owner.schedule(delay, this::connect);
    return delay;
  }

  /** Looks for a connection that is dead without having said so. */
  private void watch(PahoConnection watched) {
    if (watched != connection) {
      return;
    }
    Duration patience = watched.keepAlive().multipliedBy(2);
    Duration unanswered = Duration.between(lastProgress, owner.now());
    if (!watched.isConnected()) {
      lost(watched, "the MQTT client has given up");
    } else if (watched.silence().compareTo(patience) > 0) {
      lost(watched, "the broker has been silent for " + watched.silence());
    } else if (outbox.inFlightCount() > 0 && unanswered.compareTo(patience) > 0) {
      lost(watched, "the broker has acknowledged nothing for " + unanswered);
    } else {
      timer = owner.schedule(watched.keepAlive().dividedBy(2), () -> watch(watched));
    }
  }

  private @Nullable Reason refusal(PendingPublication pending) {
    int size = pending.publication().payload().size();
    if (draining || state == State.CLOSED) {
      return Reason.CLOSED;
    }
    if (size > settings.maximumMessageBytes()) {
      return Reason.TOO_LARGE;
    }
    boolean kept = pending.publication().qos() == QualityOfService.AT_LEAST_ONCE;
    if (!kept && state != State.CONNECTED) {
      return Reason.NOT_CONNECTED;
    }
    return outbox.offer(pending, size) ? null : Reason.OUTBOX_FULL;
  }

  private void pump() {
    PahoConnection current = connection;
    if (state != State.CONNECTED || current == null) {
      return;
    }
    if (outbox.inFlightCount() == 0) {
      lastProgress = owner.now();
    }
    PendingPublication next = outbox.sendNext(current.window());
    while (next != null) {
      if (current.takes(next.publication())) {
        traffic.sent(next.publication().payload());
        current.publish(next);
        if (next.publication().qos() == QualityOfService.AT_MOST_ONCE) {
          next.succeed();
        }
      } else {
        // Sent all the same, it would end this connection and every later one.
        outbox.acknowledge(next);
        next.fail(Reason.TOO_LARGE, "the broker takes no packet of this size");
      }
      next = outbox.sendNext(current.window());
    }
  }

  private void published(PendingPublication pending, @Nullable String refusal) {
    if (!outbox.acknowledge(pending)) {
      return;
    }
    lastProgress = owner.now();
    if (refusal == null) {
      pending.succeed();
    } else {
      pending.fail(Reason.REFUSED_BY_BROKER, refusal);
    }
    pump();
    if (draining && outbox.size() == 0) {
      drained.countDown();
    }
  }

  private void sendUnsubscribe(PahoConnection current, String filter) {
    current.unsubscribe(filter, () -> unsubscribed.remove(filter));
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void onOwner(Runnable task) {
    owner.execute(
        () -> {
          ownerThread = Thread.currentThread();
          task.run();
        });
  }

  private final class ConnectionEvents implements PahoConnection.Events {
    @Override
    public void onAccepted(PahoConnection accepted, boolean sessionPresent) {
      accepted(accepted, sessionPresent);
    }

    @Override
    public void onMessage(InboundMessage message, boolean redelivered) {
      listener.onMessage(message, redelivered);
    }

    @Override
    public void onPublished(PendingPublication publication, @Nullable String refusal) {
      published(publication, refusal);
    }

    @Override
    public void onLost(PahoConnection lost, String reason) {
      lost(lost, reason);
    }
  }
}
