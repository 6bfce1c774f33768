package io.covey.protocols.transport;

import io.covey.protocols.time.Scheduler.Timer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the broker of an {@link InMemoryNetwork} keeps for one client, connected or not. */
final class BrokerSession {
  /** As brokers do: beyond this many waiting messages new ones are dropped. */
  static final int QUEUED_MESSAGES = 1000;

  private static final long QUEUED_BYTES = 256L << 20;
  private static final int WINDOW = 64;

  /** One message on its way to this client. Told apart by identity. */
  private static final class Delivery {
    private final Publication publication;
    private final boolean retained;

    Delivery(Publication publication, boolean retained) {
      this.publication = publication;
      this.retained = retained;
    }
  }

  private final TransportTally tally;
  private final Map<String, QualityOfService> subscriptions = new LinkedHashMap<>();
  private final Outbox<Delivery> queue =
      new Outbox<>(new TransportSettings.OutboxBounds(QUEUED_MESSAGES, QUEUED_BYTES));
  private TransportSettings settings;
  private @Nullable InMemoryConnection client;
  private Optional<Will> will = Optional.empty();
  private @Nullable Timer willTimer;
  private @Nullable Timer expiryTimer;

  BrokerSession(TransportSettings settings, TransportTally tally) {
    this.settings = settings;
    this.tally = tally;
  }

  TransportSettings settings() {
    return settings;
  }

  Map<String, QualityOfService> subscriptions() {
    return subscriptions;
  }

  /** The client's end of the connection; null while it is away. */
  @Nullable InMemoryConnection client() {
    return client;
  }

  boolean isConnected() {
    return client != null;
  }

  void attach(InMemoryConnection newClient) {
    cancelTimers();
    client = newClient;
    settings = newClient.settings();
    will = settings.will();
  }

  /** The will that is due if the client does not come back. */
  Optional<Will> will() {
    return will;
  }

  /** The will is published, or no longer due. */
  void dropWill() {
    will = Optional.empty();
  }

  /** The connection is gone; what was not acknowledged will be sent again. */
  void detach() {
    client = null;
    queue.requeueInFlight();
  }

  /** What happens if the client does not come back. */
  void setTimers(@Nullable Timer untilWill, Timer expiry) {
    cancelTimers();
    willTimer = untilWill;
    expiryTimer = expiry;
  }

  void cancelTimers() {
    if (willTimer != null) {
      willTimer.cancel();
      willTimer = null;
    }
    if (expiryTimer != null) {
      expiryTimer.cancel();
      expiryTimer = null;
    }
  }

  /** Takes a message for this client: sends it, or keeps it at QoS 1 while the client is away. */
  void deliver(Publication publication, boolean retained, QualityOfService qos) {
    Delivery delivery = new Delivery(publication, retained);
    InMemoryConnection receiver = client;
    if (qos == QualityOfService.AT_MOST_ONCE) {
      if (receiver != null) {
        receiver.link().toClient().unreliable(() -> arrive(receiver, delivery, () -> {}));
      }
    } else if (retained) {
      // Bounded by what the broker retains.
      queue.add(delivery, publication.payload().size());
    } else if (!queue.offer(delivery, publication.payload().size())) {
      tally.dropped++;
    }
    pump();
  }

  /** Sends what waits, as far as the window allows. */
  void pump() {
    InMemoryConnection receiver = client;
    if (receiver == null) {
      return;
    }
    Delivery next = queue.sendNext(WINDOW);
    while (next != null) {
      send(receiver, next);
      next = queue.sendNext(WINDOW);
    }
  }

  private void send(InMemoryConnection receiver, Delivery delivery) {
    Runnable acknowledge =
        () ->
            receiver
                .link()
                .toBroker()
                .acknowledgement(
                    () -> onAcknowledged(receiver, delivery), () -> resend(receiver, delivery));
    Runnable once = once(receiver.link(), acknowledge);
    receiver.link().toClient().reliable(() -> arrive(receiver, delivery, once));
  }

  private void resend(InMemoryConnection receiver, Delivery delivery) {
    if (receiver == client && queue.isInFlight(delivery)) {
      tally.duplicated++;
      send(receiver, delivery);
    }
  }

  private void onAcknowledged(InMemoryConnection receiver, Delivery delivery) {
    if (receiver == client && queue.acknowledge(delivery)) {
      pump();
    }
  }

  private void arrive(InMemoryConnection receiver, Delivery delivery, Runnable acknowledge) {
    tally.delivered++;
    Publication message = delivery.publication;
    receiver.onMessage(message.topic(), message.payload(), delivery.retained, acknowledge);
  }

  /** Only the first call counts, and only while the connection stands. */
  private static Runnable once(InMemoryLink link, Runnable action) {
    boolean[] done = new boolean[1];
    return () -> {
      if (!done[0] && link.isOpen()) {
        done[0] = true;
        action.run();
      }
    };
  }
}
