package io.covey.coordinator.fleet;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.Envelope;

/** Where decoded messages of agents go; on the owner's thread. */
public interface AgentMessages {

  /**
   * One message. The topic it came on names {@code agent} and fits the kind of message; a round's
   * message came on that round's topic. Nothing else in it has been checked against anything.
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
