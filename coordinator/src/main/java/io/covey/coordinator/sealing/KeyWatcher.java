package io.covey.coordinator.sealing;

import io.covey.protocols.id.AgentId;

/** Hears what is worth being remembered of the fleet's keys; on the owner's scheduler. */
public interface KeyWatcher {
  /** Hears nothing. */
  KeyWatcher NONE =
      new KeyWatcher() {
        @Override
        public void epochBegan(long epoch, String why) {}

        @Override
        public void refused(AgentId agent, String reason) {}
      };

  /**
   * A new epoch of the fleet's key has begun, and its members are being given it.
   *
   * @param why for people
   */
  void epochBegan(long epoch, String why);

  /**
   * An agent has announced what gets it no key; as often as it likes.
   *
   * @param reason for people: what it announced
   */
  void refused(AgentId agent, String reason);
}
