package io.covey.edgeagent.app;

import io.covey.protocols.time.Scheduler;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.TransportSettings;
import java.util.random.RandomGenerator;

/** Makes an agent's connection. */
@FunctionalInterface
public interface TransportFactory {

  /**
   * A transport that has not been opened.
   *
   * @param settings with the agent's will in it
   * @param scheduler on which everything must be called back
   * @param random for waits
   */
  MqttTransport create(TransportSettings settings, Scheduler scheduler, RandomGenerator random);
}
