package io.covey.crypto.secagg.client;

import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.util.Random;

/**
 * A network that delivers at least once, like MQTT at quality of service 1: messages are delayed,
 * overtake each other, are lost and sent again, and arrive twice.
 */
final class LossyLink {
  private static final Duration RETRANSMISSION = Duration.ofMillis(400);

  private final Scheduler time;
  private final Random random;
  private final double loss;
  private final double duplication;

  LossyLink(Scheduler time, Random random, double loss, double duplication) {
    this.time = time;
    this.random = random;
    this.loss = loss;
    this.duplication = duplication;
  }

  /** Runs the delivery once or more; it must look itself whether its receiver is there. */
  void send(Runnable delivery) {
    if (random.nextDouble() < loss) {
      time.schedule(RETRANSMISSION, () -> send(delivery));
      return;
    }
    time.schedule(delay(), delivery);
    if (random.nextDouble() < duplication) {
      time.schedule(delay(), delivery);
    }
  }

  private Duration delay() {
    return Duration.ofMillis(1 + random.nextInt(random.nextInt(10) == 0 ? 2000 : 50));
  }
}
