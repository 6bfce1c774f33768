package io.covey.coordinator.fleet;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.Envelope;

/** Where decoded messages of agents go; on the owner's thread. */
public interface AgentMessages {

  /**
   * One message, which {@code agent} has signed in its present run, for the topic that it came on;
   * that fits the kind of message, and is that of the round of a round's message. Nothing else in
   * it has been checked against anything.
   *
   * @param bytes that it took on the wire
   */
  void received(AgentId agent, Envelope envelope, int bytes);

  /**
   * The broker can be reached.
   *
   * @param sessionPresent whether the broker still knows this coordinator; otherwise it may have
   *     lost what it had kept for the fleet
   */
  void brokerReached(boolean sessionPresent);

  /** The broker cannot be reached. */
  void brokerLost(String reason);
}
