package io.covey.protocols.transport;

import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Scheduler.Timer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a client connected: makes one connection after the other, brings subscriptions and
 * unacknowledged messages over from the last, and watches for one that is dead without having said
 * so.
 *
 * <pre>
 *   open          accepted, subscribed          lost, silent, unanswered
 *   -----> CONNECTING -----------------> CONNECTED ----------------+
 *              ^  | refused, no answer                             |
 *              |  +-------------------------> WAITING <------------+
 *              +---------- backoff -------------+
 * </pre>
 *
 * <p>Thread rule: the owner's thread only, but for {@link #current}.
 */
final class ConnectionKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionKeeper.class);

  /** Makes the next connection. */
  interface Connector {
    BrokerConnection connection(BrokerConnection.Events events) throws IOException;
  }

  private enum State {
    NEW,
    WAITING,
    CONNECTING,
    CONNECTED,
    CLOSED
  }

  private final TransportSettings settings;
  private final Scheduler owner;
  private final Connector connector;
  private final Backoff backoff;
  private final GuardedListener listener;
  private final PublicationFlow flow;
  private final Subscriptions subscriptions = new Subscriptions();
  private final Events events = new Events();
  private volatile @Nullable BrokerConnection connection;
  private State state = State.NEW;
  private Instant connectedSince = Instant.MIN;
  private @Nullable Timer timer;
  private @Nullable Runnable whenDrained;

  ConnectionKeeper(
      TransportSettings settings,
      Scheduler owner,
      RandomGenerator random,
      GuardedListener listener,
      Connector connector) {
    this.settings = settings;
    this.owner = owner;
    this.connector = connector;
    this.backoff = new Backoff(settings.backoff(), random);
    this.listener = listener;
    this.flow = new PublicationFlow(settings, listener.traffic(), owner);
  }

  /** The connection or the attempt at one; null while waiting. Any thread. */
  @Nullable BrokerConnection current() {
    return connection;
  }

  void connect() {
    if (whenDrained != null || state == State.CLOSED) {
      return;
    }
    state = State.CONNECTING;
    try {
      BrokerConnection attempt = connector.connection(events);
      connection = attempt;
      Duration patience = settings.connectTimeout();
      timer = owner.schedule(patience, () -> lost(attempt, "no answer within " + patience));
      attempt.connect();
    } catch (IOException e) {
      LOG.error("{}: cannot begin to connect", settings.clientId(), e);
      connectLater();
    }
  }

  void subscribe(String filter, QualityOfService qos) {
    subscriptions.want(filter, qos);
    BrokerConnection standing = standing();
    if (standing != null) {
      standing.subscribe(Map.of(filter, qos), true, () -> {});
    }
  }

  void unsubscribe(String filter) {
    BrokerConnection standing = standing();
    if (subscriptions.drop(filter) && standing != null) {
      forget(standing, filter);
    }
  }

  void publish(PendingPublication pending) {
    flow.accept(pending, standing());
  }

  /** Takes nothing new; {@code then} runs when nothing is on its way any more, or can be. */
  void drain(Runnable then) {
    flow.close();
    whenDrained = then;
    if (state != State.CONNECTED || flow.isEmpty()) {
      then.run();
    }
  }

  /** The last connection has been ended. */
  void end() {
    state = State.CLOSED;
    connection = null;
    cancelTimer();
    flow.failAll();
  }

  private void accepted(BrokerConnection accepted, boolean sessionPresent) {
    if (accepted != connection) {
      return;
    }
    if (!sessionPresent) {
      subscriptions.sessionIsNew();
    }
    Map<String, QualityOfService> filters = subscriptions.wanted();
    accepted.subscribe(filters, false, () -> subscribed(accepted, sessionPresent, filters));
  }

  private void subscribed(
      BrokerConnection subscribed, boolean sessionPresent, Map<String, QualityOfService> filters) {
    if (subscribed != connection) {
      return;
    }
    cancelTimer();
    state = State.CONNECTED;
    connectedSince = owner.now();
    LOG.info("{}: connected to {}", settings.clientId(), settings.server());
    // Asked for while the SUBSCRIBE was on its way, or while there was no connection.
    subscriptions.unwanted().forEach(filter -> forget(subscribed, filter));
    subscribed.subscribe(subscriptions.wantedBeside(filters), true, () -> {});
    listener.onConnected(sessionPresent);
    watchLater(subscribed);
    flow.pump(subscribed);
  }

  /** The connection is over, by whatever sign came first. */
  private void lost(BrokerConnection over, String reason) {
    if (over != connection) {
      return;
    }
    boolean wasConnected = state == State.CONNECTED;
    connection = null;
    over.abort();
    flow.connectionLost();
    if (whenDrained != null) {
      whenDrained.run();
    }
    if (wasConnected) {
      backoff.connectionLasted(Duration.between(connectedSince, owner.now()));
    }
    Duration delay = connectLater();
    LOG.info("{}: {}; connecting again in {} ms", settings.clientId(), reason, delay.toMillis());
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

  private void watch(BrokerConnection watched) {
    if (watched != connection) {
      return;
    }
    Duration patience = watched.keepAlive().multipliedBy(2);
    if (!watched.isConnected()) {
      lost(watched, "the MQTT client has given up");
    } else if (watched.silence().compareTo(patience) > 0) {
      lost(watched, "the broker has been silent for " + watched.silence());
    } else if (flow.unanswered().compareTo(patience) > 0) {
      lost(watched, "the broker has acknowledged nothing for " + flow.unanswered());
    } else {
      watchLater(watched);
    }
  }

  private void watchLater(BrokerConnection watched) {
    timer = owner.schedule(watched.keepAlive().dividedBy(2), () -> watch(watched));
  }

  private void published(
      BrokerConnection sender, PendingPublication pending, @Nullable String refusal) {
    if (sender != connection) {
      return;
    }
    flow.answered(pending, refusal);
    flow.pump(sender);
    if (whenDrained != null && flow.isEmpty()) {
      whenDrained.run();
    }
  }

  private void forget(BrokerConnection standing, String filter) {
    standing.unsubscribe(filter, () -> subscriptions.forgotten(filter));
  }

  private @Nullable BrokerConnection standing() {
    return state == State.CONNECTED ? connection : null;
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private final class Events implements BrokerConnection.Events {
    @Override
    public void onAccepted(BrokerConnection accepted, boolean sessionPresent) {
      accepted(accepted, sessionPresent);
    }

    @Override
    public void onMessage(InboundMessage message) {
      listener.onMessage(message);
    }

    @Override
    public void onPublished(
        BrokerConnection sender, PendingPublication publication, @Nullable String refusal) {
      published(sender, publication, refusal);
    }

    @Override
    public void onLost(BrokerConnection over, String reason) {
      lost(over, reason);
    }
  }
}
