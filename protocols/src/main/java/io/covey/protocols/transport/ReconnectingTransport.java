package io.covey.protocols.transport;

import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transport, whatever its connections are made of: the same code over Paho, and in memory under
 * virtual time. Hands every call over to the owner's thread, where a {@link ConnectionKeeper} does
 * the work, and ends in order.
 */
final class ReconnectingTransport implements MqttTransport {
  private static final Logger LOG = LoggerFactory.getLogger(ReconnectingTransport.class);
  private static final Duration DRAIN_TIMEOUT = Duration.ofMillis(500);
  private static final Duration DISCONNECT_TIMEOUT = Duration.ofMillis(1500);

  private final String clientId;
  private final Scheduler owner;
  private final GuardedListener listener;
  private final ConnectionKeeper keeper;
  private final AtomicBoolean opened = new AtomicBoolean();
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile @Nullable Thread ownerThread;

  ReconnectingTransport(
      TransportSettings settings,
      Scheduler owner,
      RandomGenerator random,
      GuardedListener listener,
      ConnectionKeeper.Connector connector) {
    this.clientId = settings.clientId();
    this.owner = owner;
    this.listener = listener;
    this.keeper = new ConnectionKeeper(settings, owner, random, listener, connector);
  }

  @Override
  public void open(Listener newListener) {
    if (!opened.compareAndSet(false, true)) {
      throw new IllegalStateException("a transport is opened once");
    }
    listener.set(newListener);
    onOwner(keeper::connect);
  }

  @Override
  public void subscribe(String filter, QualityOfService qos) {
    TopicSyntax.checkFilter(filter);
    onOwner(() -> keeper.subscribe(filter, qos));
  }

  @Override
  public void unsubscribe(String filter) {
    onOwner(() -> keeper.unsubscribe(filter));
  }

  @Override
  public CompletionStage<Void> publish(Publication publication) {
    TopicSyntax.checkTopic(publication.topic());
    PendingPublication pending = new PendingPublication(publication);
    onOwner(() -> keeper.publish(pending));
    return pending.stage();
  }

  @Override
  public TrafficCounters counters() {
    return listener.traffic().snapshot();
  }

  long listenerFailures() {
    return listener.failures();
  }

  @Override
  public void close() {
    close(false);
  }

  /**
   * Waits half a second for what is on its way, says goodbye, and returns within two seconds. On
   * the owner's thread it does not wait for what is on its way.
   */
  void close(boolean willDue) {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    if (Thread.currentThread() == ownerThread) {
      keeper.drain(() -> {});
    } else {
      CountDownLatch drained = new CountDownLatch(1);
      owner.execute(() -> keeper.drain(drained::countDown));
      awaitDrained(drained);
    }
    listener.clear();
    BrokerConnection last = keeper.current();
    if (last != null) {
      last.disconnect(DISCONNECT_TIMEOUT, willDue);
    }
    onOwner(keeper::end);
  }

  /** Ends as a process does that is killed: without a word to the broker. The owner's thread. */
  void abandon() {
    closing.set(true);
    listener.clear();
    BrokerConnection last = keeper.current();
    if (last != null) {
      last.abort();
    }
    keeper.end();
  }

  private void awaitDrained(CountDownLatch drained) {
    try {
      if (!drained.await(DRAIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.info("{}: closed before the broker had acknowledged all", clientId);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** At once when this is the owner's thread, so that calls from there keep their order. */
  private void onOwner(Runnable task) {
    if (Thread.currentThread() == ownerThread) {
      task.run();
    } else {
      owner.execute(
          () -> {
            ownerThread = Thread.currentThread();
            task.run();
          });
    }
  }
}
