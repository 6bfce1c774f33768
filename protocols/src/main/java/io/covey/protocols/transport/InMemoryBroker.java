package io.covey.protocols.transport;

import io.covey.protocols.time.Scheduler.Timer;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.transport.SubscriptionTree.Group;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The broker of an {@link InMemoryNetwork}: sessions, subscriptions (with wildcards and shared
 * ones), retained messages, wills. What it is told has already crossed the simulated link.
 */
final class InMemoryBroker {
  private final VirtualTime time;
  private final TransportTally tally;
  private final Map<String, BrokerSession> sessions = new LinkedHashMap<>();
  private final SubscriptionTree<BrokerSession> subscriptions = new SubscriptionTree<>();
  private final TreeMap<String, Publication> retained = new TreeMap<>();
  private final List<Consumer<ObservedMessage>> observers = new ArrayList<>();
  private boolean running = true;

  InMemoryBroker(VirtualTime time, TransportTally tally) {
    this.time = time;
    this.tally = tally;
  }

  void observe(Consumer<ObservedMessage> observer) {
    observers.add(observer);
  }

  /** Stops listening and cuts every connection. */
  void stop() {
    running = false;
    for (BrokerSession session : List.copyOf(sessions.values())) {
      InMemoryConnection client = session.client();
      if (client != null) {
        client.link().cut("the broker has stopped");
      }
      // Time does not pass for a broker that is not there.
      session.cancelTimers();
    }
  }

  /** Starts again. Clients that do not come back are missed from now on. */
  void start(boolean withState) {
    running = true;
    if (!withState) {
      List.copyOf(sessions.values()).forEach(this::forget);
      retained.clear();
    }
    sessions.values().stream().filter(s -> !s.isConnected()).forEach(this::awaitReturn);
  }

  /** A CONNECT has arrived. */
  void connect(InMemoryConnection client) {
    if (!running) {
      client.link().cut("connection refused");
      return;
    }
    String clientId = client.settings().clientId();
    BrokerSession session = sessions.get(clientId);
    boolean present = session != null;
    if (session == null) {
      session = new BrokerSession(client.settings(), tally);
      sessions.put(clientId, session);
    }
    InMemoryConnection previous = session.client();
    if (previous != null) {
      previous.link().cut("another client has taken over the session");
    }
    tally.connections++;
    session.attach(client);
    client.link().toClient().control(() -> client.onAccepted(present));
    session.pump();
  }

  /** A SUBSCRIBE has arrived. */
  void subscribe(
      InMemoryConnection client, Map<String, QualityOfService> filters, boolean retainedAlways) {
    BrokerSession session = sessionOf(client);
    if (session == null) {
      return;
    }
    filters.forEach(
        (filter, qos) -> {
          boolean isNew = session.subscriptions().put(filter, qos) == null;
          subscriptions.put(filter, session, qos);
          if ((isNew || retainedAlways) && TopicSyntax.shareGroup(filter).isEmpty()) {
            sendRetained(session, filter, qos);
          }
        });
  }

  /** An UNSUBSCRIBE has arrived. */
  void unsubscribe(InMemoryConnection client, String filter) {
    BrokerSession session = sessionOf(client);
    if (session != null && session.subscriptions().remove(filter) != null) {
      subscriptions.remove(filter, session);
    }
  }

  /** A message has arrived, or a will is due. */
  void publish(String sender, Publication publication) {
    tally.published++;
    ObservedMessage observed = new ObservedMessage(time.now(), sender, publication);
    observers.forEach(observer -> observer.accept(observed));
    if (publication.retain()) {
      if (publication.payload().isEmpty()) {
        retained.remove(publication.topic());
      } else {
        retained.put(publication.topic(), publication);
      }
    }
    receivers(publication.topic())
        .forEach((session, qos) -> session.deliver(publication, false, min(qos, publication)));
  }

  /** A DISCONNECT has arrived, or the connection was cut. */
  void disconnected(InMemoryConnection client, boolean willDue) {
    BrokerSession session = sessionOf(client);
    if (session == null) {
      return;
    }
    session.detach();
    if (!willDue) {
      session.dropWill();
    }
    if (running) {
      awaitReturn(session);
    }
  }

  private @Nullable BrokerSession sessionOf(InMemoryConnection client) {
    BrokerSession session = sessions.get(client.settings().clientId());
    return session != null && session.client() == client ? session : null;
  }

  /** Each subscriber once, at the highest quality that one of its filters asks for. */
  private Map<BrokerSession, QualityOfService> receivers(String topic) {
    Map<BrokerSession, QualityOfService> receivers = new LinkedHashMap<>();
    for (Group<BrokerSession> group : subscriptions.match(topic)) {
      if (group.isShared()) {
        BrokerSession member = nextMember(group);
        QualityOfService qos = group.members().get(member);
        if (qos != null) {
          receivers.merge(member, qos, InMemoryBroker::max);
        }
      } else {
        group.members().forEach((s, qos) -> receivers.merge(s, qos, InMemoryBroker::max));
      }
    }
    return receivers;
  }

  /** Takes turns among those that are connected, or among all when none is. */
  private static BrokerSession nextMember(Group<BrokerSession> group) {
    List<BrokerSession> all = List.copyOf(group.members().keySet());
    List<BrokerSession> connected = all.stream().filter(BrokerSession::isConnected).toList();
    List<BrokerSession> candidates = connected.isEmpty() ? all : connected;
    return candidates.get(group.nextTurn() % candidates.size());
  }

  private void sendRetained(BrokerSession session, String filter, QualityOfService qos) {
    SubscriptionTree<BrokerSession> single = new SubscriptionTree<>();
    single.put(filter, session, qos);
    for (Publication publication : List.copyOf(retained.values())) {
      if (!single.match(publication.topic()).isEmpty()) {
        session.deliver(publication, true, min(qos, publication));
      }
    }
  }

  /** Arms what the client's absence sets off: its will, and the end of its session. */
  private void awaitReturn(BrokerSession session) {
    TransportSettings settings = session.settings();
    Timer expiry = time.schedule(settings.sessionExpiry(), () -> expire(session));
    Timer will =
        session
            .will()
            .map(w -> time.schedule(min(w, settings), () -> publishWill(session)))
            .orElse(null);
    session.setTimers(will, expiry);
  }

  private void publishWill(BrokerSession session) {
    session
        .will()
        .ifPresent(
            will -> {
              session.dropWill();
              tally.wills++;
              publish(session.settings().clientId(), will.publication());
            });
  }

  private void expire(BrokerSession session) {
    publishWill(session);
    forget(session);
  }

  private void forget(BrokerSession session) {
    session.cancelTimers();
    session.subscriptions().keySet().forEach(filter -> subscriptions.remove(filter, session));
    sessions.remove(session.settings().clientId());
  }

  private static Duration min(Will will, TransportSettings settings) {
    return will.delay().compareTo(settings.sessionExpiry()) < 0
        ? will.delay()
        : settings.sessionExpiry();
  }

  private static QualityOfService min(QualityOfService granted, Publication publication) {
    return granted.compareTo(publication.qos()) < 0 ? granted : publication.qos();
  }

  private static QualityOfService max(QualityOfService a, QualityOfService b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
