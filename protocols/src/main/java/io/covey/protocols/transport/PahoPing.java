package io.covey.protocols.transport;

import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.MqttPingSender;
import org.eclipse.paho.mqttv5.client.internal.ClientComms;
import org.jspecify.annotations.Nullable;

/** Paho's keep-alive on the owner's timer, where Paho's own would cost a thread a connection. */
final class PahoPing implements MqttPingSender {
  private final Scheduler owner;
  private final Consumer<Runnable> away;
  private volatile @Nullable ClientComms comms;

  /**
   * @param away runs a task off the owner's thread, since the check takes Paho's locks
   */
  PahoPing(Scheduler owner, Consumer<Runnable> away) {
    this.owner = owner;
    this.away = away;
  }

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
    owner.schedule(Duration.ofMillis(delayInMilliseconds), () -> away.accept(this::check));
  }

  /** Sends a ping when one is due, and ends the connection when the last was not answered. */
  private void check() {
    ClientComms current = comms;
    if (current != null) {
      current.checkForActivity();
    }
  }
}
